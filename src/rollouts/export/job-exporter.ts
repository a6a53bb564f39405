import type { RolloutPage } from "../../contract/rollouts.ts";
import type { Clock } from "../../core/clock.ts";
import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { jobEnded } from "../../core/machines/job.ts";
import type { Environments } from "../../resources/index.ts";
import type { BlobRecord, JobRow, RecordPointer, RolloutRow, Store } from "../../store/port.ts";
import { badCursor, parseCursor } from "../cursor.ts";
import { groupMetrics } from "../metrics/group-metrics.ts";
import { groupsOf } from "../metrics/groups.ts";
import { measuredOf } from "../metrics/measured.ts";
import { type Look, lookUntil } from "../look-until.ts";
import type { ExportQuery } from "../reading-service.ts";
import type { RolloutQuery } from "../service.ts";
import type { Signals } from "../signals.ts";
import { gymLine } from "./gym-line.ts";
import { gymProfileLine } from "./gym-profile-line.ts";

export interface JobExporterOptions {
  readonly store: Store;
  readonly environments: Environments;
  readonly signals: Signals;
  readonly clock: Clock;
  /** A page of rollouts with their records. */
  readonly records: (ctx: CallContext, jobId: string, query: RolloutQuery) => Promise<RolloutPage>;
}

/** Rollouts of one look at the store; their records are read few at a time. */
const PAGE = 100;
/** Bytes of records that are held at once: the next ones are read while a line is made. */
const AHEAD_BYTES = 4 << 20;
const MAX_AHEAD = 16;
/** Records that the sandlot format takes at once: each is parsed whole. */
const RECORDS = 10;

/** Finished rollouts of a job as lines, in the order of delivery. Holds a few records at a time. */
export class JobExporter {
  readonly #options: JobExporterOptions;

  constructor(options: JobExporterOptions) {
    this.#options = options;
  }

  /** Throws `invalid_request` for a cursor that is none. */
  lines(ctx: CallContext, job: JobRow, query: ExportQuery): AsyncGenerator<string> {
    const after = parseCursor(query.cursor);
    if (query.format === "gym_profile") {
      if (after > job.tasks) throw badCursor();
      return upTo(query.limit, this.#profileLines(ctx, job, query.cursor === null ? 0 : after + 1));
    }
    const { tally } = job;
    if (after > tally.scored + tally.truncated + tally.masked) throw badCursor();
    const lines =
      query.format === "gym" ? this.#gymLines(ctx, job, after, query) : this.#recordLines(ctx, job, after, query);
    return upTo(query.limit, lines);
  }

  async *#gymLines(ctx: CallContext, job: JobRow, after: number, query: ExportQuery): AsyncGenerator<string> {
    const agent = await this.#agentName(job);
    const rows = new RecordMemo(this.#options.store, ctx);
    const { blobs } = this.#options.store;
    for await (const page of this.#pages(ctx, job.id, after, query)) {
      for (const part of inParts(page)) {
        const records = await Promise.all(part.map(async ({ record }) => record && (await blobs.read(ctx, record))));
        for (const [i, rollout] of part.entries()) {
          const row = Buffer.from((await rows.read(rollout.row)).get(rollout.rowPart) ?? "{}").toString("utf8");
          yield gymLine({ job, agent, rollout, row, record: records[i] ?? null });
        }
      }
    }
  }

  async *#recordLines(ctx: CallContext, job: JobRow, start: number, query: ExportQuery): AsyncGenerator<string> {
    for await (const page of this.#pages(ctx, job.id, start, query)) {
      for (let at = 0; at < page.length; at += RECORDS) {
        const before = page[at - 1]?.sequence ?? (page[0]?.sequence ?? 1) - 1;
        const limit = Math.min(RECORDS, page.length - at);
        const asked = { cursor: String(before), limit, outcomes: null, records: true };
        const { items } = await this.#options.records(ctx, job.id, asked);
        for (const item of items) yield JSON.stringify(item);
      }
    }
  }

  async *#profileLines(ctx: CallContext, job: JobRow, fromTask: number): AsyncGenerator<string> {
    const agent = await this.#agentName(job);
    const { rollouts } = this.#options.store;
    const rows = new RecordMemo(this.#options.store, ctx);
    for await (const group of groupsOf(rollouts, ctx, job.id, { fromTask })) {
      const index = group[0]?.taskIndex ?? 0;
      const [task] = await rollouts.tasks(ctx, job.id, { from: index, limit: 1 });
      const row = task && Buffer.from((await rows.read(task.row)).get(task.part) ?? "{}").toString("utf8");
      const measured = group.flatMap((one) => measuredOf(one) ?? []);
      // A task of which nothing counts has no entry, as in Gym.
      if (measured.length === 0) continue;
      const metrics = groupMetrics(measured);
      yield gymProfileLine({ taskIndex: index, requested: group.length, measured, metrics, row: row ?? "{}", agent });
    }
  }

  /** Pages of finished rollouts, until there are no more and none has come for as long as the query waits. */
  async *#pages(ctx: CallContext, jobId: string, start: number, query: ExportQuery): AsyncGenerator<RolloutRow[]> {
    const { store } = this.#options;
    const { waitMs } = query;
    for (let after = start; ;) {
      const from = after;
      const look: Look<RolloutRow[]> = async (job) => {
        const rows = await store.rollouts.page(ctx, jobId, { after: from, limit: PAGE });
        return { answer: rows, isFinal: rows.length > 0 || jobEnded(job.state) };
      };
      const page = await lookUntil(ctx, { ...this.#options, jobId, waitMs, look });
      const last = page.at(-1);
      if (!last) return;
      yield page;
      after = last.sequence ?? after;
    }
  }

  /** As Gym names the agents that play an environment. */
  async #agentName({ environment }: JobRow): Promise<string> {
    try {
      return `${environment}_${(await this.#options.environments.get(environment)).manifest.agent}_agent`;
    } catch (error) {
      if (SandlotError.is(error)) return environment;
      throw error;
    }
  }
}

/** Rollouts whose records are read together: as many as their bytes allow, at least one. */
function* inParts(rollouts: readonly RolloutRow[]): Generator<RolloutRow[]> {
  let part: RolloutRow[] = [];
  let bytes = 0;
  for (const rollout of rollouts) {
    const length = rollout.record?.length ?? 0;
    if (part.length > 0 && (part.length === MAX_AHEAD || bytes + length > AHEAD_BYTES)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(rollout);
    bytes += length;
  }
  if (part.length > 0) yield part;
}

/** Rows of neighbouring tasks share a record: the few that were read last are kept. */
class RecordMemo {
  readonly #store: Store;
  readonly #ctx: CallContext;
  readonly #kept = new Map<string, BlobRecord>();

  constructor(store: Store, ctx: CallContext) {
    this.#store = store;
    this.#ctx = ctx;
  }

  async read(pointer: RecordPointer): Promise<BlobRecord> {
    const key = `${pointer.segment}:${pointer.offset}`;
    const known = this.#kept.get(key);
    if (known) return known;
    const record = await this.#store.blobs.read(this.#ctx, pointer);
    const [oldest] = this.#kept.size < MAX_AHEAD ? [] : this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, record);
    return record;
  }
}

async function* upTo(limit: number | null, lines: AsyncGenerator<string>): AsyncGenerator<string> {
  let left = limit ?? Infinity;
  for await (const line of lines) {
    yield line;
    if (--left <= 0) return;
  }
}
