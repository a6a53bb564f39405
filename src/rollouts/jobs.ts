import type {
  AddedTasks,
  Job,
  JobEstimate,
  JobPage,
  JobSubmission,
  SubmittedJob,
  TaskBatch,
} from "../contract/jobs.ts";
import type { VerdictVersion } from "../contract/rescores.ts";
import type { RolloutPage, RolloutRecord } from "../contract/rollouts.ts";
import type { SamplePage } from "../contract/samples.ts";
import { type Clock, sleep } from "../core/clock.ts";
import type { CallContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { newId } from "../core/ids.ts";
import { parseJson } from "../core/json/parse.ts";
import { jobEnded } from "../core/machines/job.ts";
import type { Outcome } from "../core/outcome.ts";
import type { ModelClient } from "../models/port.ts";
import type { Environments } from "../resources/index.ts";
import type { JobFilter, JobRow, RolloutPageQuery, RolloutRow, Store } from "../store/port.ts";
import { decodeRecord } from "./record.ts";
import { fillSamplePage, parseSampleCursor } from "./sample-page.ts";
import { rolloutSamples } from "./samples.ts";
import { badCursor, parseCursor } from "./cursor.ts";
import { type Incoming, type IncomingLines, Intake } from "./intake/intake.ts";
import { GAP_MS, lookUntil, POLL_MS } from "./look-until.ts";
import type { JobEvent, JobService, RolloutQuery, SamplesQuery } from "./service.ts";
import type { Signals } from "./signals.ts";
import { verdictVersions } from "./verdict-versions.ts";
import { attemptView, jobView, rolloutView, verdictView } from "./views.ts";

export interface JobsOptions {
  readonly store: Store;
  readonly environments: Environments;
  readonly models: ReadonlyMap<string, ModelClient>;
  readonly signals: Signals;
  readonly clock: Clock;
}

/** Records with their trajectories are large: fewer to a page. */
const MAX_RECORDS = 100;
const EVENTS_PER_READ = 500;

/** Jobs and rollouts over the store. */
export class Jobs implements JobService {
  readonly #options: JobsOptions;
  readonly #intake: Intake;

  constructor(options: JobsOptions) {
    this.#options = options;
    this.#intake = new Intake(options);
  }

  submit(ctx: CallContext, incoming: Incoming<JobSubmission>): Promise<{ job: SubmittedJob; created: boolean }> {
    return this.#intake.submit(ctx, incoming);
  }

  dryRun(ctx: CallContext, incoming: Incoming<JobSubmission>): Promise<JobEstimate> {
    return this.#intake.dryRun(ctx, incoming);
  }

  addTasks(ctx: CallContext, id: string, incoming: Incoming<TaskBatch>): Promise<AddedTasks> {
    return this.#intake.addTasks(ctx, id, incoming);
  }

  uploadTasks(ctx: CallContext, id: string, incoming: IncomingLines): Promise<AddedTasks> {
    return this.#intake.uploadTasks(ctx, id, incoming);
  }

  async get(ctx: CallContext, id: string): Promise<Job> {
    return jobView(await this.#job(ctx, id));
  }

  async list(ctx: CallContext, page: { cursor: string | null; limit: number; filter?: JobFilter }): Promise<JobPage> {
    const { cursor, limit, filter = {} } = page;
    const rows = await this.#options.store.jobs.list(ctx, { before: cursor, limit, filter }).catch((error: unknown) => {
      throw SandlotError.is(error, "not_found") ? badCursor() : error;
    });
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return { items: rows.map(jobView), next_cursor: last?.id ?? null };
  }

  async cancel(ctx: CallContext, id: string, graceMs: number): Promise<Job> {
    const { store, signals } = this.#options;
    const row = await store.jobs.cancel(ctx, id, graceMs);
    signals.cancel(id);
    return this.#changed(row);
  }

  async pause(ctx: CallContext, id: string): Promise<Job> {
    return this.#changed(await this.#options.store.jobs.pause(ctx, id));
  }

  async resume(ctx: CallContext, id: string): Promise<Job> {
    const row = await this.#options.store.jobs.resume(ctx, id);
    this.#options.signals.work();
    return this.#changed(row);
  }

  async close(ctx: CallContext, id: string): Promise<Job> {
    return this.#changed(await this.#options.store.jobs.close(ctx, id));
  }

  async retry(
    ctx: CallContext,
    id: string,
    { outcomes, idempotencyKey: key }: { outcomes: readonly Outcome[]; idempotencyKey: string | null },
  ): Promise<{ job: Job; created: boolean }> {
    const { store, signals } = this.#options;
    const digest = [id, ...outcomes.toSorted()].join(" ");
    const idempotency = key === null ? null : { key, digest };
    const { job, created } = await store.jobs.retry(ctx, id, { id: newId("job"), outcomes, idempotency });
    signals.work();
    return { job: jobView(job), created };
  }

  #changed(row: JobRow): Job {
    this.#options.signals.progress(row.id);
    return jobView(row);
  }

  async rollouts(ctx: CallContext, jobId: string, query: RolloutQuery): Promise<RolloutPage> {
    const after = parseCursor(query.cursor);
    const limit = query.records ? Math.min(query.limit, MAX_RECORDS) : query.limit;
    const { cursor: _cursor, records: _records, ...filter } = query;
    // The job first: when it had already ended, the page that follows is the last word.
    const { rows, ...place } = await this.#page(ctx, await this.#job(ctx, jobId), { ...filter, after, limit });
    const items = query.records ? await Promise.all(rows.map((row) => this.#record(ctx, row))) : rows.map(rolloutView);
    return { items, ...place };
  }

  async #page(ctx: CallContext, job: JobRow, query: RolloutPageQuery) {
    // Sequences have no gaps: what is beyond the last one is no place in this job.
    const { scored, truncated, masked } = job.tally;
    if (query.after > scored + truncated + masked) throw badCursor();
    const rows = await this.#options.store.rollouts.page(ctx, job.id, query);
    return {
      rows,
      next_cursor: String(rows.at(-1)?.sequence ?? query.after),
      complete: jobEnded(job.state) && rows.length < query.limit,
    };
  }

  async samples(ctx: CallContext, jobId: string, { cursor, limit, waitMs }: SamplesQuery): Promise<SamplePage> {
    const { replay } = await this.#job(ctx, jobId);
    if (replay) throw new SandlotError("not_trainable", { job_id: jobId, detail: "it replays recorded answers" });
    const place = parseSampleCursor(cursor);
    const { rows, ...end } = await lookUntil(ctx, {
      ...this.#options,
      jobId,
      waitMs,
      look: async (job) => {
        const page = await this.#page(ctx, job, { after: place.after, limit, outcomes: null });
        return { answer: page, isFinal: page.rows.length > 0 || page.complete };
      },
    });
    const { items, next_cursor } = await fillSamplePage(rows, place, async (row, at) => {
      const record = row.record ? decodeRecord(await this.#options.store.blobs.read(ctx, row.record)) : null;
      return rolloutSamples(rolloutView(row), record?.trajectory ?? null, at);
    });
    return next_cursor === null ? { items, ...end } : { items, next_cursor, complete: false };
  }

  async rollout(ctx: CallContext, id: string): Promise<RolloutRecord> {
    const row = await this.#options.store.rollouts.get(ctx, id);
    if (!row) throw new SandlotError("not_found", { kind: "rollout", id });
    return this.#record(ctx, row);
  }

  verdicts(ctx: CallContext, rolloutId: string): Promise<VerdictVersion[]> {
    return verdictVersions(ctx, this.#options.store, rolloutId);
  }

  async *events(ctx: CallContext, jobId: string, after: number): AsyncGenerator<JobEvent> {
    const { store, signals, clock } = this.#options;
    let sequence = after;
    let shown = "";
    for (;;) {
      const changed = signals.nextProgress(ctx, jobId, { clock, timeoutMs: POLL_MS });
      const job = await this.#job(ctx, jobId);
      const page = { after: sequence, limit: EVENTS_PER_READ, outcomes: null };
      const rows = await store.rollouts.page(ctx, jobId, page);
      for (const row of rows) {
        sequence = row.sequence ?? sequence;
        yield { type: "rollout", sequence, rollout: rolloutView(row) };
      }
      const view = jobView(job);
      if (rows.length === EVENTS_PER_READ) continue;
      if (jobEnded(job.state)) {
        yield { type: "end", job: view };
        return;
      }
      const tally = JSON.stringify([view.state, view.tally]);
      if (tally !== shown) yield { type: "progress", job: view };
      shown = tally;
      await changed;
      await sleep(clock, GAP_MS, ctx.signal);
    }
  }

  async #job(ctx: CallContext, id: string): Promise<JobRow> {
    const row = await this.#options.store.jobs.get(ctx, id);
    if (!row) throw new SandlotError("not_found", { kind: "job", id });
    return row;
  }

  async #record(ctx: CallContext, row: RolloutRow): Promise<RolloutRecord> {
    const { store } = this.#options;
    const mayReadTests = ctx.principal.scopes.includes("hidden_tests");
    const [ledger, record, task] = await Promise.all([
      store.rollouts.attempts(ctx, row.id),
      row.record ? store.blobs.read(ctx, row.record) : null,
      mayReadTests ? store.blobs.read(ctx, row.row) : null,
    ]);
    const { trajectory, verdict } = record ? decodeRecord(record) : { trajectory: null, verdict: null };
    return {
      ...rolloutView(row),
      row: task ? parseJson(Buffer.from(task.get(row.rowPart) ?? "null").toString("utf8")) : null,
      trajectory,
      verdict: verdict && verdictView(verdict, ctx.principal),
      ledger: ledger.map(attemptView),
    };
  }
}
