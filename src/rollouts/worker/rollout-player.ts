import type { Agent } from "../../agents/port.ts";
import { breathe } from "../../core/breathe.ts";
import { type Clock, sleep } from "../../core/clock.ts";
import { type CallContext, newTrace, rootContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import { masked } from "../../core/outcome.ts";
import { retryDelay, type RetryPolicy } from "../../core/retry-policy.ts";
import { type ModelClient, openSession } from "../../models/index.ts";
import type { Caller } from "../../models/port.ts";
import type { Environments } from "../../resources/index.ts";
import type { Claim, Store } from "../../store/port.ts";
import type { Admission } from "../admission/index.ts";
import { attemptError } from "../attempt-error.ts";
import { answerKey, runMetrics } from "../metrics/measured.ts";
import { PendingRecord } from "../pending-record.ts";
import { encodeRecord } from "../record.ts";
import { type AttemptResult, runAttempt } from "./attempt.ts";
import { versionsBehind } from "./staleness.ts";
import { TaskRows } from "./task-rows.ts";

export interface RolloutPlayerOptions {
  readonly store: Store;
  readonly environments: Environments;
  readonly models: ReadonlyMap<string, ModelClient>;
  readonly agent: (name: string) => Agent;
  readonly admission: Admission;
  readonly retryPolicy: RetryPolicy;
  /** Weight versions of a model's replicas at the moment, as far as they are known. */
  readonly versionsOf: (model: string) => readonly string[];
  readonly leaseMs: number;
  /** Ends the wait for a store that cannot take results. */
  readonly over: AbortSignal;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

const STORE_RETRY_MS = 500;

/** Plays claimed rollouts, each once, and records what came of it: an end, or another try. */
export class RolloutPlayer {
  readonly #options: RolloutPlayerOptions;
  readonly #models: ReadonlyMap<string, ModelClient>;
  readonly #rows: TaskRows;

  constructor(options: RolloutPlayerOptions) {
    const { models, admission, store } = options;
    this.#options = options;
    this.#models = new Map(Array.from(models, ([name, client]) => [name, admission.admitted(client)]));
    this.#rows = new TaskRows(store.blobs);
  }

  /** Resolves when it is recorded, or is no longer this worker's business. Throws when it could not be recorded. */
  async play(claim: Claim, signal: AbortSignal): Promise<void> {
    // Many are claimed together.
    await breathe();
    const logger = this.#loggerOf(claim);
    const result = await this.#attempt(contextOf(claim, logger, signal), claim);
    if (!result) return;
    // A context of its own: what ended the attempt must not keep its end from being recorded.
    const { store, clock } = this.#options;
    const recording = contextOf(claim, logger);
    const record = new PendingRecord(encodeRecord(result.run, result.verdict), { blobs: store.blobs, clock });
    await this.#untilStored(signal, () => this.#settle(recording, claim, result, record));
  }

  /** Null when the rollout is no longer this worker's business. */
  async #attempt(ctx: CallContext, claim: Claim): Promise<AttemptResult | null> {
    const { environments, agent, admission, clock } = this.#options;
    const { job, rollout } = claim;
    try {
      const environment = await environments.get(job.environment);
      const model = this.#models.get(job.model);
      if (!model) throw new SandlotError("unknown_model", { name: job.model });
      const row = environment.checkRow(await this.#rows.read(ctx, rollout), rollout.taskIndex + 1);
      const session = openSession(model, callerOf(claim));
      const input = {
        row,
        job,
        environment,
        agent: agent(environment.manifest.agent),
        model: session,
        admission,
        clock,
      };
      return await runAttempt(ctx, input).finally(() => session.end());
    } catch (thrown) {
      const error = SandlotError.from(ctx.signal.aborted ? ctx.signal.reason : thrown);
      if (error.code === "shutting_down" || error.code === "lease_lost") return null;
      const judgement = masked(error.code === "cancelled" ? "cancelled" : "resource_error");
      const times = { total_ms: 0, model_ms: 0, tools_ms: 0, verify_ms: 0 };
      return { judgement, error, run: null, verdict: null, times };
    }
  }

  async #settle(ctx: CallContext, claim: Claim, result: AttemptResult, record: PendingRecord): Promise<void> {
    const { store } = this.#options;
    const { judgement, error, verdict, run } = result;
    const end = { outcome: judgement.outcome, error: error && attemptError(error) };
    const delayMs = this.#retryDelay(claim, result);
    if (error && judgement.outcome !== "cancelled") {
      const fields = { outcome: judgement.outcome, retry_in_ms: delayMs, error: error.report() };
      ctx.logger.warn(fields, "an attempt failed");
    }
    if (delayMs !== null) {
      await store.queue.retry(ctx, claim, end, delayMs);
      return;
    }
    const isStale = this.#isStale(claim, run);
    await store.queue.finish(ctx, claim, {
      ...end,
      judgement: isStale ? masked("cancelled") : judgement,
      reason: isStale ? "stale" : (error?.code ?? verdict?.reason ?? null),
      rewardComponents: verdict?.reward_components ?? null,
      metrics: { ...verdict?.metrics, ...runMetrics(run) },
      answer: answerKey(verdict),
      times: result.times,
      record: await record.pointer(ctx),
    });
  }

  /** What it came to stands in its verdict, but nobody is to be trained on it. */
  #isStale({ job }: Claim, run: AttemptResult["run"]): boolean {
    if (job.maxVersionsBehind === null || !run) return false;
    const behind = versionsBehind(run, this.#options.versionsOf(job.model));
    return behind !== null && behind > job.maxVersionsBehind;
  }

  /** The job's own numbers of attempts stand over the server's. */
  #retryDelay({ job, attempt }: Claim, { judgement, error }: AttemptResult): number | null {
    const { retryPolicy, random } = this.#options;
    const policy = { ...retryPolicy, attempts: { ...retryPolicy.attempts, ...job.retries } };
    return retryDelay(policy, judgement.outcome, error, attempt, random());
  }

  /**
   * A result is not thrown away because the database is down for a moment, nor while there is no space: it waits in its place among
   * those in flight, so that no more than `concurrency` do. The lease says when it is too late, and at a stop the end of its grace.
   */
  async #untilStored(leased: AbortSignal, store: () => Promise<void>): Promise<void> {
    const { clock, leaseMs, over } = this.#options;
    const giveUpAt = clock.monotonic() + 4 * leaseMs;
    for (;;) {
      try {
        await store();
        return;
      } catch (error) {
        const isFull = SandlotError.is(error, "storage_full");
        const isDown = SandlotError.is(error, "database_unavailable") && clock.monotonic() <= giveUpAt;
        const isLost = SandlotError.is(leased.reason, "lease_lost");
        if (!(isFull || isDown) || isLost || over.aborted) throw error;
        // Whoever ends the wait ends it after a last try.
        await sleep(clock, STORE_RETRY_MS, over).catch(() => undefined);
      }
    }
  }

  #loggerOf({ job, rollout, attempt }: Claim): Logger {
    return this.#options.logger.child({ job_id: job.id, rollout_id: rollout.id, attempt });
  }
}

function contextOf({ job }: Claim, logger: Logger, signal?: AbortSignal): CallContext {
  return {
    ...rootContext({ logger, ...(signal && { signal }) }),
    principal: { tenant: job.tenant, scopes: ["jobs", "hidden_tests"] },
    trace: newTrace(),
  };
}

function callerOf({ job, rollout, attempt }: Claim): Caller {
  return { session: `${rollout.id}-a${attempt}`, group: `${job.id}-${rollout.taskIndex}` };
}
