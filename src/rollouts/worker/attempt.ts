import type { Agent, AgentRun } from "../../agents/port.ts";
import type { RolloutTimes } from "../../contract/rollouts.ts";
import type { Verdict } from "../../contract/verdict.ts";
import type { Clock } from "../../core/clock.ts";
import { type CallContext, withScope } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { type AttemptEvent, type AttemptPhase, nextAttemptPhase } from "../../core/machines/attempt.ts";
import { type Judgement, masked, outcomeOfError, scored, truncated } from "../../core/outcome.ts";
import type { ModelSession } from "../../models/port.ts";
import { closeSession, type Environment, type Row, type SessionToken, verifyInSession } from "../../resources/index.ts";
import type { JobRow } from "../../store/port.ts";
import type { Admission } from "../admission/index.ts";

/** Everything one attempt needs. */
export interface AttemptInput {
  readonly row: Row;
  readonly job: Pick<JobRow, "limits" | "sampling" | "onTruncated">;
  readonly environment: Environment;
  readonly agent: Agent;
  readonly model: ModelSession;
  readonly admission: Pick<Admission, "withSandbox">;
  readonly clock: Clock;
}

/** How an attempt ended. */
export interface AttemptResult {
  readonly judgement: Judgement;
  /** Set when the attempt ended in a fault. */
  readonly error: SandlotError | null;
  readonly run: AgentRun | null;
  readonly verdict: Verdict | null;
  readonly times: RolloutTimes;
}

/** Time of the policy when neither job nor environment say otherwise. */
const DEFAULT_WALL_SECONDS = 3_600;
/** Waiting for infrastructure that an attempt may do beside the policy's own time. */
const INFRASTRUCTURE_MS = 15 * 60_000;

/**
 * Plays one task once: seed, act, verify. Faults become masked judgements here and nowhere else; only the end of the
 * context that the worker itself brought about (cancellation, a lost lease) is thrown.
 */
export async function runAttempt(ctx: CallContext, input: AttemptInput): Promise<AttemptResult> {
  const limits = { ...input.environment.manifest.limits, ...input.job.limits };
  const timeoutMs = (limits.wall_seconds ?? DEFAULT_WALL_SECONDS) * 1000 + INFRASTRUCTURE_MS;
  const attempt = new Attempt(input);
  const { clock } = input;
  return withScope(ctx, { timeoutMs, waitingFor: "the attempt", clock }, async (scope) => {
    try {
      return attempt.end(await attempt.play(scope, limits), null);
    } catch (thrown) {
      if (ctx.signal.aborted) throw ctx.signal.reason;
      const error = SandlotError.from(scope.signal.aborted ? scope.signal.reason : thrown);
      return attempt.end(masked(outcomeOfError(error)), error);
    } finally {
      await attempt.close(ctx);
    }
  });
}

class Attempt {
  readonly #input: AttemptInput;
  readonly #startedAt: number;
  #phase: AttemptPhase = "seeding";
  #token: SessionToken | null = null;
  #run: AgentRun | null = null;
  #verdict: Verdict | null = null;
  #verifyMs = 0;

  constructor(input: AttemptInput) {
    this.#input = input;
    this.#startedAt = input.clock.monotonic();
  }

  async play(ctx: CallContext, limits: JobRow["limits"]): Promise<Judgement> {
    const { row, job, environment, agent, model, admission } = this.#input;
    const { resource, manifest } = environment;
    this.#token = await admission.withSandbox(ctx, "sandboxStarts", environment, () => resource.seed(ctx, row));
    this.#move("seeded");
    const task = { row, sampling: job.sampling };
    this.#run = await agent.run(ctx, task, { resource, token: this.#token }, model, limits);
    this.#move("acted");
    const { truncatedBy, response } = this.#run;
    const wanted = truncatedBy === null || (manifest.scores_truncated && job.onTruncated === "score");
    if (response && wanted) this.#verdict = await this.#verify(ctx, this.#token, response);
    const reward = this.#verdict?.reward ?? null;
    if (truncatedBy !== null) return truncated(truncatedBy, reward, job.onTruncated);
    if (reward === null)
      throw new SandlotError("resource_failed", {
        environment: environment.name,
        detail: "the agent answered nothing",
      });
    return scored(reward);
  }

  end(judgement: Judgement, error: SandlotError | null): AttemptResult {
    this.#move("end");
    const times = {
      total_ms: this.#input.clock.monotonic() - this.#startedAt,
      model_ms: this.#run?.modelMs ?? 0,
      tools_ms: this.#run?.toolsMs ?? 0,
      verify_ms: this.#verifyMs,
    };
    return { judgement, error, run: this.#run, verdict: this.#verdict, times };
  }

  async close(ctx: CallContext): Promise<void> {
    const { environment, clock } = this.#input;
    if (this.#token !== null) await closeSession(ctx, environment, this.#token, clock);
  }

  async #verify(ctx: CallContext, token: SessionToken, response: NonNullable<AgentRun["response"]>): Promise<Verdict> {
    const { environment, row, admission, clock } = this.#input;
    const startedAt = clock.monotonic();
    try {
      const verify = () => verifyInSession(ctx, token, { environment, row, response, clock });
      return await admission.withSandbox(ctx, "verifications", environment, verify);
    } finally {
      this.#verifyMs = clock.monotonic() - startedAt;
    }
  }

  #move(event: AttemptEvent): void {
    const phase = nextAttemptPhase(this.#phase, event);
    if (phase === "refused") throw new Error(`event ${event} in phase ${this.#phase}`);
    this.#phase = phase;
  }
}
