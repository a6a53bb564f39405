import type { Agent, AgentRun } from "../agents/port.ts";
import type { RolloutTimes } from "../contract/rollouts.ts";
import type { Verdict } from "../contract/verdict.ts";
import { type Clock, sleep } from "../core/clock.ts";
import { type CallContext, orAborted, rootContext, withScope } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { type AttemptEvent, type AttemptPhase, nextAttemptPhase } from "../core/machines/attempt.ts";
import { type Judgement, masked, outcomeOfError, scored, truncated } from "../core/outcome.ts";
import type { ModelClient } from "../models/port.ts";
import type { Environment, Row, SessionToken } from "../resources/index.ts";
import type { JobRow } from "../store/port.ts";

/** Everything one attempt needs. */
export interface AttemptInput {
  readonly row: Row;
  readonly job: Pick<JobRow, "limits" | "sampling" | "onTruncated">;
  readonly environment: Environment;
  readonly agent: Agent;
  readonly model: ModelClient;
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
/** Verifications of one answer: the model's work is not thrown away for a fault of ours. */
const VERIFY_TRIES = 3;
const VERIFY_DELAY_MS = 1_000;
const CLOSE_MS = 30_000;

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
    const { row, job, environment, agent, model } = this.#input;
    const { resource, manifest } = environment;
    this.#token = await resource.seed(ctx, row);
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
    const { environment } = this.#input;
    if (this.#token === null) return;
    const { resource } = environment;
    const token = this.#token;
    // A context of its own: also what was cancelled is to be closed, and nothing may hold the worker for ever.
    const own = { ...rootContext({ logger: ctx.logger }), principal: ctx.principal, trace: ctx.trace };
    const scope = { timeoutMs: CLOSE_MS, waitingFor: "the session to close", clock: this.#input.clock };
    await withScope(own, scope, (inner) => orAborted(inner, resource.close(inner, token))).catch((error: unknown) => {
      ctx.logger.warn({ error: SandlotError.from(error).report() }, "a session could not be closed");
    });
  }

  async #verify(ctx: CallContext, token: SessionToken, response: NonNullable<AgentRun["response"]>): Promise<Verdict> {
    const { environment, row, clock } = this.#input;
    const startedAt = clock.monotonic();
    try {
      for (let tries = 1; ; tries++) {
        try {
          const verdict = await environment.resource.verify(ctx, token, row, response);
          if (verdict.flaky) throw new SandlotError("verifier_failed", { detail: "repeats of a test disagree" });
          return verdict;
        } catch (thrown) {
          const error = SandlotError.from(thrown);
          const infrastructure = error.domain === "sandbox" || error.domain === "verifier";
          if (tries >= VERIFY_TRIES || error.retry === "never" || !infrastructure || ctx.signal.aborted) throw error;
          await sleep(clock, VERIFY_DELAY_MS * 2 ** (tries - 1), ctx.signal);
        }
      }
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
