import { ResponseObject } from "../contract/responses.ts";
import type { RewardFlip } from "../contract/rescores.ts";
import type { Verdict } from "../contract/verdict.ts";
import { asCompleted } from "../core/as-completed.ts";
import { type Clock, sleep } from "../core/clock.ts";
import type { CallContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { newId } from "../core/ids.ts";
import { type Judgement, masked, outcomeOfError, scored, truncated } from "../core/outcome.ts";
import type { Environment, Environments, Row } from "../resources/index.ts";
import type { JobRow, NewVerdict, RolloutRow, Store } from "../store/port.ts";
import { attemptError } from "./attempt-error.ts";
import { decodeRecord } from "./record.ts";
import { RescoreCounter } from "./rescore-tally.ts";
import type { RescoreEvent, RescoreService } from "./rescore-service.ts";
import { RowCache } from "./row-cache.ts";
import { isRefusal, type Verified, verifyOne } from "./verify-one.ts";

export interface RescoresOptions {
  readonly store: Store;
  readonly environments: Environments;
  readonly clock: Clock;
  /** Rollouts verified at once. */
  readonly parallel: number;
}

/** Jobs that are rescored at once. */
const MAX_RESCORES = 4;
const RETRY_SECONDS = 30;
const PAGE = 500;
/** Verdicts that are kept in one transaction. */
const BATCH = 200;
/** How long a full platform is waited for, and how often it is asked. */
const PATIENCE_MS = 10 * 60_000;
const PAUSE_MS = 1_000;

interface Work {
  readonly ctx: CallContext;
  readonly job: JobRow;
  readonly environment: Environment;
  readonly rows: RowCache;
}

/** What came of one rollout; null when it has no answer to verify. */
interface Rescored {
  readonly rollout: RolloutRow;
  readonly after: Judgement;
  readonly verified: Verified;
}

/** Stored rollouts through the present verifiers. The first verdicts stay as they are. */
export class Rescores implements RescoreService {
  readonly #options: RescoresOptions;
  #running = 0;

  constructor(options: RescoresOptions) {
    this.#options = options;
  }

  async rescore(ctx: CallContext, jobId: string): Promise<AsyncGenerator<RescoreEvent>> {
    const { store, environments } = this.#options;
    const job = await store.jobs.get(ctx, jobId);
    if (!job) throw new SandlotError("not_found", { kind: "job", id: jobId });
    const environment = await environments.get(job.environment);
    if (this.#running >= MAX_RESCORES)
      throw new SandlotError("overloaded", { resource: "rescores", retry_after: RETRY_SECONDS });
    return this.#run({ ctx, job, environment, rows: new RowCache(store.blobs, environment) });
  }

  async *#run(work: Work): AsyncGenerator<RescoreEvent> {
    this.#running++;
    try {
      yield* this.#rescoreAll(work);
    } finally {
      this.#running--;
    }
  }

  async *#rescoreAll(work: Work): AsyncGenerator<RescoreEvent> {
    const { tally } = work.job;
    const finished = tally.scored + tally.truncated + tally.masked;
    const id = newId("rescore");
    const counter = new RescoreCounter({ id, job_id: work.job.id, finished });
    let batch: Rescored[] = [];
    const results = asCompleted(this.#finished(work), this.#options.parallel, (one) => this.#rescoreOne(work, one));
    for await (const result of results) {
      if (!result) {
        counter.skip();
        continue;
      }
      batch.push(result);
      if (batch.length < BATCH) continue;
      yield* this.#keep(work, id, batch, counter);
      batch = [];
      yield { type: "progress", tally: counter.view() };
    }
    yield* this.#keep(work, id, batch, counter);
    yield { type: "end", tally: counter.view() };
  }

  async *#finished({ ctx, job }: Work): AsyncGenerator<RolloutRow> {
    for (let after = 0; ;) {
      const page = await this.#options.store.rollouts.page(ctx, job.id, { after, limit: PAGE, outcomes: null });
      yield* page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.sequence ?? after;
    }
  }

  async #rescoreOne(work: Work, rollout: RolloutRow): Promise<Rescored | null> {
    const { ctx, job, environment, rows } = work;
    const { store } = this.#options;
    if (!rollout.record || !rollout.judgement || rollout.judgement.outcome === "cancelled") return null;
    const { trajectory, ending } = decodeRecord(await store.blobs.read(ctx, rollout.record));
    const response = ResponseObject.safeParse(trajectory?.response).data;
    const by = rollout.judgement.truncated_by ?? ending?.truncated_by ?? null;
    // Records of old do not say whether a masked run was cut off.
    const isUnknown = rollout.judgement.masked && by === null && ending === null;
    const wanted = by === null || (environment.manifest.scores_truncated && job.onTruncated === "score");
    if (!response || isUnknown || !wanted) return null;
    const row = await rows.get(ctx, rollout);
    const verified = await this.#patiently(ctx, { environment, row, response });
    const { error, verdict } = verified;
    const reward = verdict?.reward ?? null;
    const judged = by === null ? scored : (value: number) => truncated(by, value, job.onTruncated);
    const after = error || reward === null ? masked(error ? outcomeOfError(error) : "verifier_error") : judged(reward);
    return { rollout, after, verified };
  }

  /** A platform that is busy with other work is waited for. */
  async #patiently(
    ctx: CallContext,
    input: { environment: Environment; row: Row; response: ResponseObject },
  ): Promise<Verified> {
    const { clock } = this.#options;
    const giveUpAt = clock.monotonic() + PATIENCE_MS;
    for (;;) {
      try {
        return await verifyOne(ctx, { ...input, clock });
      } catch (error) {
        const isBusy = SandlotError.is(error) && isRefusal(error) && error.code !== "shutting_down";
        if (!isBusy || clock.monotonic() > giveUpAt) throw error;
        await sleep(clock, PAUSE_MS, ctx.signal);
      }
    }
  }

  /** Keeps the verdicts, then tells whose reward they change: what has been told is on disk. */
  async *#keep(
    { ctx, job }: Work,
    rescoreId: string,
    batch: readonly Rescored[],
    counter: RescoreCounter,
  ): AsyncGenerator<RescoreEvent> {
    const { store } = this.#options;
    const verdicts = await Promise.all(batch.map((one) => newVerdict(ctx, store, one)));
    await store.verdicts.add(ctx, { jobId: job.id, rescoreId, verdicts });
    for (const [index, { rollout, after, verified }] of batch.entries()) {
      const before = rollout.judgement as Judgement;
      if (!counter.add(before, after)) continue;
      const reason = verdicts[index]?.reason ?? null;
      yield { type: "flip", flip: flipOf(rollout, { before, after, reason, verified }) };
    }
  }
}

async function newVerdict(ctx: CallContext, { blobs }: Store, { rollout, after, verified }: Rescored) {
  const { verdict, error } = verified;
  const parts = verdict && new Map([["verdict", Buffer.from(JSON.stringify(verdict satisfies Verdict))]]);
  return {
    rolloutId: rollout.id,
    judgement: after,
    reason: error?.code ?? verdict?.reason ?? null,
    error: error && attemptError(error),
    record: parts && (await blobs.append(ctx, parts)),
  } satisfies NewVerdict;
}

interface Change {
  readonly before: Judgement;
  readonly after: Judgement;
  readonly reason: string | null;
  readonly verified: Verified;
}

function flipOf(rollout: RolloutRow, { before, after, reason, verified }: Change): RewardFlip {
  return {
    rollout_id: rollout.id,
    task_id: rollout.taskId,
    rollout_index: rollout.rolloutIndex,
    before: { outcome: before.outcome, reward: before.reward, reason: rollout.reason },
    after: { outcome: after.outcome, reward: after.reward, reason },
    message: verified.verdict?.message ?? verified.error?.message ?? "",
  };
}
