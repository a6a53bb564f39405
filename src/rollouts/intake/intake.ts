import { createHash, type Hash } from "node:crypto";
import type { AddedTasks, JobEstimate, JobSubmission, SubmittedJob, TaskBatch } from "../../contract/jobs.ts";
import type { Clock } from "../../core/clock.ts";
import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { newId } from "../../core/ids.ts";
import { rawMembers } from "../../core/json/raw.ts";
import { nearestName } from "../../core/nearest.ts";
import type { ModelClient } from "../../models/port.ts";
import type { Environment, Environments } from "../../resources/index.ts";
import type { Idempotency, JobRow, NewJob, Store } from "../../store/port.ts";
import type { Signals } from "../signals.ts";
import { jobView } from "../views.ts";
import { type CheckedRow, checkedRows, selectedRows } from "./checked-rows.ts";
import { type StoredRows, storeRows } from "./store-rows.ts";

/** A request whose rows are raw text: parsed, with the body exactly as it came. */
export interface Incoming<Body> {
  readonly submission: Body;
  readonly body: string;
  readonly idempotencyKey: string | null;
}

/** Rows as lines of an upload. */
export interface IncomingLines {
  readonly lines: AsyncIterable<string>;
  readonly onInvalid: "fail" | "skip";
  readonly idempotencyKey: string | null;
}

export interface IntakeOptions {
  readonly store: Store;
  readonly environments: Environments;
  readonly models: ReadonlyMap<string, ModelClient>;
  readonly signals: Signals;
  readonly clock: Clock;
}

/** Takes jobs and their tasks: checks every row, keeps its text, and queues its rollouts. */
export class Intake {
  readonly #options: IntakeOptions;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  async submit(ctx: CallContext, incoming: Incoming<JobSubmission>): Promise<{ job: SubmittedJob; created: boolean }> {
    const { store, signals } = this.#options;
    const { submission, body, idempotencyKey } = incoming;
    const model = this.#model(submission.model);
    const idempotency = idempotencyOf(idempotencyKey, () => createHash("sha256").update(body));
    // Before any work: a client that tries again costs nothing.
    const earlier = idempotency && (await store.jobs.findByKey(ctx, idempotency));
    if (earlier) return { job: jobView(earlier), created: false };
    await store.room.require();
    const stored = await this.#rowsOf(ctx, incoming, store.blobs);
    const job: NewJob = {
      ...this.#settings(submission),
      id: newId("job"),
      sampling: rawMembers(body).get("sampling") ?? "{}",
      replay: model.replay,
      tasks: stored.tasks,
      idempotency,
    };
    const { job: row, created } = await store.jobs.create(ctx, job);
    signals.work();
    const { skipped } = stored;
    return { job: { ...jobView(row), ...(created && skipped.count > 0 ? { skipped } : {}) }, created };
  }

  async dryRun(ctx: CallContext, incoming: Incoming<JobSubmission>): Promise<JobEstimate> {
    const { submission } = incoming;
    this.#model(submission.model);
    const { count, skipped } = await this.#rowsOf(ctx, incoming, null);
    const { environment, model, repeats } = submission;
    const { rollouts, meanMs } = await this.#options.store.jobs.recent(ctx, { environment, model });
    return {
      tasks: count,
      rollouts: count * repeats,
      skipped,
      seconds_per_rollout: meanMs === null ? null : meanMs / 1000,
      basis: rollouts,
    };
  }

  async addTasks(ctx: CallContext, id: string, incoming: Incoming<TaskBatch>): Promise<AddedTasks> {
    const { submission, body, idempotencyKey } = incoming;
    const { job, environment } = await this.#open(ctx, id);
    const rows = selectedRows(ctx, { tasks: submission.tasks, body }, environment);
    const stored = await this.#stored(ctx, rows, job, submission.on_invalid);
    return this.#add(
      ctx,
      id,
      stored,
      idempotencyOf(idempotencyKey, () => createHash("sha256").update(body)),
    );
  }

  async uploadTasks(
    ctx: CallContext,
    id: string,
    { lines, onInvalid, idempotencyKey }: IncomingLines,
  ): Promise<AddedTasks> {
    const { job, environment } = await this.#open(ctx, id);
    const digest = createHash("sha256").update(onInvalid).update("\n");
    const rows = checkedRows(digested(lines, digest), environment);
    const stored = await this.#stored(ctx, rows, job, onInvalid);
    return this.#add(
      ctx,
      id,
      stored,
      idempotencyOf(idempotencyKey, () => digest),
    );
  }

  async #add(
    ctx: CallContext,
    id: string,
    { tasks, skipped }: StoredRows,
    idempotency: Idempotency | null,
  ): Promise<AddedTasks> {
    const { store, signals } = this.#options;
    const { job, added } = await store.jobs.addTasks(ctx, id, { tasks, idempotency });
    signals.work();
    return { job: jobView(job), added, skipped };
  }

  async #open(ctx: CallContext, id: string): Promise<{ job: JobRow; environment: Environment }> {
    const { store, environments } = this.#options;
    const job = await store.jobs.get(ctx, id);
    if (!job) throw new SandlotError("not_found", { kind: "job", id });
    await store.room.require();
    return { job, environment: await environments.get(job.environment) };
  }

  #stored(ctx: CallContext, rows: AsyncIterable<CheckedRow>, job: JobRow, onInvalid: "fail" | "skip") {
    const { blobs } = this.#options.store;
    return storeRows(ctx, rows, { blobs, onInvalid, size: job.repeats, before: job.tasks });
  }

  async #rowsOf(
    ctx: CallContext,
    { submission, body }: Incoming<JobSubmission>,
    blobs: Store["blobs"] | null,
  ): Promise<StoredRows> {
    const environment = await this.#options.environments.get(submission.environment);
    const { tasks, on_invalid: onInvalid, repeats: size, accepting } = submission;
    if (tasks === null) return { tasks: [], count: 0, skipped: { count: 0, first: [] } };
    const rows = selectedRows(ctx, { tasks, body }, environment);
    const stored = await storeRows(ctx, rows, { blobs, onInvalid, size, before: 0 });
    if (stored.count > 0 || accepting) return stored;
    const [first] = stored.skipped.first;
    const problem = first ? `no row is valid; row ${first.row}: ${first.problem}` : "the selection holds no task";
    throw new SandlotError("invalid_request", { fields: [{ field: "tasks", problem }] });
  }

  #model(name: string): ModelClient {
    const { models } = this.#options;
    const model = models.get(name);
    if (model) return model;
    const nearest = nearestName(name, models.keys());
    throw new SandlotError("unknown_model", { name, ...(nearest ? { nearest } : {}) });
  }

  #settings(submission: JobSubmission) {
    const { environment, model, repeats, priority, labels, limits, groups, retries, accepting } = submission;
    const { deadline_seconds: seconds } = submission;
    return {
      environment,
      model,
      repeats,
      priority,
      labels,
      limits,
      retries: Object.fromEntries(Object.entries(retries).filter(([, attempts]) => attempts !== undefined)),
      accepting,
      onTruncated: submission.on_truncated,
      groups: {
        wanted: groups.wanted ?? null,
        window: groups.window ?? null,
        seconds: groups.deadline_seconds ?? null,
      },
      deadline: seconds === undefined ? null : new Date(this.#options.clock.now() + 1000 * seconds),
      maxVersionsBehind: submission.max_versions_behind ?? null,
      retryOf: null,
    };
  }
}

/** `digest` is asked for when the whole request has been read. */
function idempotencyOf(key: string | null, digest: () => Hash): Idempotency | null {
  return key === null ? null : { key, digest: digest().digest("hex") };
}

async function* digested(lines: AsyncIterable<string>, digest: Hash): AsyncGenerator<string> {
  for await (const line of lines) {
    digest.update(line).update("\n");
    yield line;
  }
}
