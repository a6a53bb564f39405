import type { Agent } from "../agents/port.ts";
import { type Clock, sleep } from "../core/clock.ts";
import { type CallContext, newTrace, rootContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import type { Logger } from "../core/logger.ts";
import { masked } from "../core/outcome.ts";
import { retryDelay, type RetryPolicy } from "../core/retry-policy.ts";
import { type ModelClient, openSession } from "../models/index.ts";
import type { Caller } from "../models/port.ts";
import type { Environments } from "../resources/index.ts";
import type { Claim, Store } from "../store/port.ts";
import { attemptError } from "./attempt-error.ts";
import { type AttemptResult, runAttempt } from "./attempt.ts";
import { answerKey, runMetrics } from "./metrics/measured.ts";
import { modelRooms } from "./model-rooms.ts";
import { encodeRecord } from "./record.ts";
import type { Signals } from "./signals.ts";

export interface WorkerOptions {
  /** Id under which leases are held; never used again by another process. */
  readonly worker: string;
  readonly store: Store;
  readonly environments: Environments;
  readonly models: ReadonlyMap<string, ModelClient>;
  readonly agent: (name: string) => Agent;
  readonly signals: Signals;
  readonly retryPolicy: RetryPolicy;
  /** Rollouts in flight. */
  readonly concurrency: number;
  /** Rollouts of one model in flight, as its fleet advises at the moment; null for no limit. */
  readonly limitOf: (model: string) => number | null;
  readonly leaseMs: number;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

const IDLE_POLL_MS = 1_000;
const STORE_RETRY_MS = 500;

interface Active {
  readonly claim: Claim;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** Claims rollouts under leases, plays them, and records how they ended. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #active = new Map<string, Active>();
  readonly #stops: (() => void)[] = [];
  readonly #stopping = new AbortController();
  #wake: () => void = () => undefined;
  #loop: Promise<void> | null = null;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  get activeRollouts(): number {
    return this.#active.size;
  }

  start(): void {
    const { signals, leaseMs } = this.#options;
    this.#stops.push(signals.onWork(() => this.#wake()));
    this.#stops.push(signals.onCancel((jobId) => this.#cancelJob(jobId)));
    this.#every(leaseMs / 3, () => this.#renew());
    this.#every(leaseMs, () => this.#reclaim());
    this.#loop = this.#claimLoop();
  }

  /** Takes no more work, waits for what runs, and after `graceMs` hands the rest back to the queue. */
  async stop(graceMs: number): Promise<void> {
    const { clock, store } = this.#options;
    this.#stopping.abort();
    for (const stop of this.#stops.splice(0)) stop();
    this.#wake();
    await this.#loop;
    const running = Array.from(this.#active.values());
    await Promise.race([Promise.all(running.map((active) => active.done)), sleep(clock, graceMs)]);
    const left = Array.from(this.#active.values());
    for (const { controller } of left)
      controller.abort(new SandlotError("shutting_down", { detail: "the worker is stopping" }));
    await Promise.all(left.map((active) => active.done));
    if (left.length > 0)
      await store.queue.release(
        this.#context(),
        left.map((active) => active.claim),
      );
  }

  async #claimLoop(): Promise<void> {
    const { store, worker, models, concurrency, limitOf, leaseMs, logger } = this.#options;
    while (!this.#stopping.signal.aborted) {
      const pause = this.#pause();
      const free = concurrency - this.#active.size;
      let claimed = 0;
      try {
        const active = Array.from(this.#active.values(), ({ claim }) => claim.job.model);
        const request = { worker, limit: free, leaseMs, rooms: modelRooms(models.keys(), active, limitOf) };
        const claims = free > 0 ? await store.queue.claim(this.#context(), request) : [];
        claimed = claims.length;
        for (const claim of claims) this.#start(claim);
      } catch (error) {
        logger.error({ error: SandlotError.from(error).report() }, "rollouts could not be claimed");
      }
      if (claimed === 0 || this.#active.size >= concurrency) await pause;
    }
  }

  /** Resolves at the next news, or when it is time to look again. */
  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(IDLE_POLL_MS, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  #start(claim: Claim): void {
    const controller = new AbortController();
    const id = claim.rollout.id;
    const done = this.#play(claim, controller.signal)
      .catch((error: unknown) => {
        this.#options.logger.error(
          { rollout_id: id, error: SandlotError.from(error).report() },
          "a rollout was given up",
        );
      })
      .finally(() => {
        this.#active.delete(id);
        this.#options.signals.progress(claim.job.id);
        this.#wake();
      });
    this.#active.set(id, { claim, controller, done });
  }

  async #play(claim: Claim, signal: AbortSignal): Promise<void> {
    const ctx = this.#context(claim, signal);
    const result = await this.#attempt(ctx, claim);
    if (!result) return;
    // A context of its own: what ended the attempt must not keep its end from being recorded.
    const recording = this.#context(claim);
    await this.#untilStored(recording, () => this.#settle(recording, claim, result));
  }

  /** Null when the rollout is no longer this worker's business. */
  async #attempt(ctx: CallContext, claim: Claim): Promise<AttemptResult | null> {
    const { environments, models, agent, store, clock } = this.#options;
    try {
      const environment = await environments.get(claim.job.environment);
      const model = models.get(claim.job.model);
      if (!model) throw new SandlotError("unknown_model", { name: claim.job.model });
      const record = await store.blobs.read(ctx, claim.rollout.row);
      const raw = Buffer.from(record.get(claim.rollout.rowPart) ?? "").toString("utf8");
      const row = environment.checkRow(raw, claim.rollout.taskIndex + 1);
      const session = openSession(model, callerOf(claim));
      const { job } = claim;
      const input = { row, job, environment, agent: agent(environment.manifest.agent), model: session, clock };
      return await runAttempt(ctx, input).finally(() => session.end());
    } catch (thrown) {
      const error = SandlotError.from(ctx.signal.aborted ? ctx.signal.reason : thrown);
      if (error.code === "shutting_down" || error.code === "lease_lost") return null;
      const judgement = masked(error.code === "cancelled" ? "cancelled" : "resource_error");
      const times = { total_ms: 0, model_ms: 0, tools_ms: 0, verify_ms: 0 };
      return { judgement, error, run: null, verdict: null, times };
    }
  }

  async #settle(ctx: CallContext, claim: Claim, result: AttemptResult): Promise<void> {
    const { store, retryPolicy, random, logger } = this.#options;
    const { judgement, error, verdict, run } = result;
    const end = { outcome: judgement.outcome, error: error && attemptError(error) };
    const delayMs = retryDelay(retryPolicy, judgement.outcome, error, claim.attempt, random());
    if (error && judgement.outcome !== "cancelled") {
      logger.warn(
        {
          rollout_id: claim.rollout.id,
          attempt: claim.attempt,
          outcome: judgement.outcome,
          retry_in_ms: delayMs,
          error: error.report(),
        },
        "an attempt failed",
      );
    }
    if (delayMs !== null) {
      await store.queue.retry(ctx, claim, end, delayMs);
      return;
    }
    const record = encodeRecord(run, verdict);
    await store.queue.finish(ctx, claim, {
      ...end,
      judgement,
      reason: error?.code ?? verdict?.reason ?? null,
      rewardComponents: verdict?.reward_components ?? null,
      metrics: { ...verdict?.metrics, ...runMetrics(run) },
      answer: answerKey(verdict),
      times: result.times,
      record: record && (await store.blobs.append(ctx, record)),
    });
  }

  /** A result is not thrown away because the database is down for a moment; the lease says when it is too late. */
  async #untilStored(ctx: CallContext, store: () => Promise<void>): Promise<void> {
    const { clock, leaseMs } = this.#options;
    const giveUpAt = clock.monotonic() + 4 * leaseMs;
    for (;;) {
      try {
        await store();
        return;
      } catch (error) {
        const transient = SandlotError.is(error, "database_unavailable");
        if (!transient || clock.monotonic() > giveUpAt || this.#stopping.signal.aborted) throw error;
        await sleep(clock, STORE_RETRY_MS, ctx.signal);
      }
    }
  }

  async #renew(): Promise<void> {
    const { store, worker, leaseMs } = this.#options;
    if (this.#active.size === 0) return;
    const before = Array.from(this.#active.keys());
    const { held, cancelling } = await store.queue.renew(this.#context(), { worker, rollouts: before, leaseMs });
    const stillHeld = new Set(held);
    for (const id of before)
      if (!stillHeld.has(id)) this.#abort(id, new SandlotError("lease_lost", { rollout_id: id }));
    for (const id of cancelling) this.#abort(id, CANCELLED);
  }

  async #reclaim(): Promise<void> {
    const reclaimed = await this.#options.store.queue.reclaim(this.#context());
    if (reclaimed > 0) this.#options.logger.warn({ reclaimed }, "rollouts of lost workers were queued again");
  }

  #cancelJob(jobId: string): void {
    for (const [id, { claim }] of this.#active) if (claim.job.id === jobId) this.#abort(id, CANCELLED);
  }

  #abort(rolloutId: string, reason: SandlotError): void {
    this.#active.get(rolloutId)?.controller.abort(reason);
  }

  #every(ms: number, work: () => Promise<void>): void {
    const { clock, logger } = this.#options;
    let stopped = false;
    let cancel: () => void = () => undefined;
    const round = () => {
      cancel = clock.after(ms, () => {
        void work()
          .catch((error: unknown) =>
            logger.warn({ error: SandlotError.from(error).report() }, "leases could not be kept"),
          )
          .finally(() => !stopped && round());
      });
    };
    round();
    this.#stops.push(() => {
      stopped = true;
      cancel();
    });
  }

  #context(claim?: Claim, signal?: AbortSignal): CallContext {
    const { logger } = this.#options;
    if (!claim) return rootContext({ logger });
    const fields = { job_id: claim.job.id, rollout_id: claim.rollout.id, attempt: claim.attempt };
    return {
      ...rootContext({ logger: logger.child(fields), ...(signal ? { signal } : {}) }),
      principal: { tenant: claim.job.tenant, scopes: ["jobs", "hidden_tests"] },
      trace: newTrace(),
    };
  }
}

function callerOf({ job, rollout, attempt }: Claim): Caller {
  return { session: `${rollout.id}-a${attempt}`, group: `${job.id}-${rollout.taskIndex}` };
}

const CANCELLED = new SandlotError("cancelled", { detail: "the job was cancelled" });
