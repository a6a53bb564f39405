import type { JobMetricsView } from "../../contract/metrics.ts";
import type { ProfilePage, TaskFilter } from "../../contract/profiles.ts";
import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { oneLine } from "../../core/json/one-line.ts";
import type { Environments } from "../../resources/index.ts";
import type { BlobRecord, JobRow, Store, TaskRow } from "../../store/port.ts";
import { badCursor, parseCursor } from "../cursor.ts";
import type { ProfileQuery } from "../reading-service.ts";
import { groupsOf } from "./groups.ts";
import { HealthCounts } from "./job-health.ts";
import { JobMetrics } from "./job-metrics.ts";
import { measuredOf } from "./measured.ts";
import { noneDropped, whyDropped } from "./task-filter.ts";
import { taskProfile } from "./task-profile.ts";

export interface JobReaderOptions {
  readonly store: Store;
  readonly environments: Environments;
}

/** Tasks whose rows are read together. */
const TASKS_PER_READ = 100;

/** Metrics and profiles over the store. Reads page by page, and keeps numbers alone. */
export class JobReader {
  readonly #options: JobReaderOptions;

  constructor(options: JobReaderOptions) {
    this.#options = options;
  }

  async metrics(ctx: CallContext, job: JobRow): Promise<JobMetricsView> {
    const { rollouts } = this.#options.store;
    const metrics = new JobMetrics();
    const health = new HealthCounts(await this.passReward(job));
    for await (const rows of groupsOf(rollouts, ctx, job.id)) {
      const measured = rows.flatMap((row) => measuredOf(row) ?? []);
      const done = rows.filter(({ judgement }) => judgement !== null).length;
      metrics.add({ measured, masked: done - measured.length });
      health.add(rows, measured);
    }
    const names = new Map<number, string>();
    for (const { taskIndex } of health.worst) {
      const [task] = await rollouts.tasks(ctx, job.id, { from: taskIndex, limit: 1 });
      if (task) names.set(taskIndex, task.taskId);
    }
    return {
      job_id: job.id,
      environment: job.environment,
      state: job.state,
      coverage: health.coverage(),
      ...(await metrics.report()),
      health: health.health((index) => names.get(index) ?? String(index)),
    };
  }

  async profile(ctx: CallContext, job: JobRow, query: ProfileQuery): Promise<ProfilePage> {
    const { filter, cursor, limit } = query;
    const from = placeOf(job, cursor);
    const passReward = filter.pass_reward ?? (await this.passReward(job));
    const tasks = await this.#options.store.rollouts.tasks(ctx, job.id, { from, limit });
    const profiles = await this.#profiles(ctx, job.id, tasks, passReward);
    const dropped = noneDropped();
    const kept: { readonly task: TaskRow; readonly item: ProfilePage["items"][number] }[] = [];
    for (const task of tasks) {
      const profile = profiles.get(task.taskIndex) ?? taskProfile([], passReward);
      const why = whyDropped(filter, profile);
      if (why) dropped[why]++;
      else kept.push({ task, item: { task_index: task.taskIndex, task_id: task.taskId, ...profile } });
    }
    if (query.rows) {
      const texts = await this.#rowTexts(
        ctx,
        kept.map(({ task }) => task),
      );
      for (const [i, { item }] of kept.entries()) item.row = texts[i];
    }
    const last = tasks.at(-1);
    return {
      items: kept.map(({ item }) => item),
      next_cursor: last && tasks.length === limit ? String(last.taskIndex + 1) : null,
      considered: tasks.length,
      dropped,
      pass_reward: passReward,
    };
  }

  /**
   * Raw rows of the tasks that the filter lets through, each on one line: a line break of JSON becomes a space. Throws
   * `invalid_request` at once for a cursor that is none.
   */
  rows(ctx: CallContext, job: JobRow, filter: TaskFilter, cursor: string | null): AsyncGenerator<string> {
    placeOf(job, cursor);
    return this.#rows(ctx, job, filter, cursor);
  }

  async *#rows(ctx: CallContext, job: JobRow, filter: TaskFilter, start: string | null): AsyncGenerator<string> {
    for (let cursor = start; ;) {
      const page = await this.profile(ctx, job, { filter, cursor, limit: TASKS_PER_READ, rows: true });
      for (const { row } of page.items) yield oneLine(row ?? "");
      cursor = page.next_cursor;
      if (cursor === null) return;
    }
  }

  /** The best reward of the environment, 1 where it is no longer there. */
  async passReward({ environment }: JobRow): Promise<number> {
    try {
      return (await this.#options.environments.get(environment)).manifest.reward_range[1];
    } catch (error) {
      if (SandlotError.is(error)) return 1;
      throw error;
    }
  }

  /** By index of the task. One group is held at a time. */
  async #profiles(ctx: CallContext, jobId: string, tasks: readonly TaskRow[], passReward: number) {
    const [first, last] = [tasks[0], tasks.at(-1)];
    const profiles = new Map<number, ReturnType<typeof taskProfile>>();
    if (!first || !last) return profiles;
    const range = { fromTask: first.taskIndex, toTask: last.taskIndex };
    for await (const rows of groupsOf(this.#options.store.rollouts, ctx, jobId, range)) {
      if (rows[0]) profiles.set(rows[0].taskIndex, taskProfile(rows, passReward));
    }
    return profiles;
  }

  /** Rows of one record are read together: neighbours share it. */
  async #rowTexts(ctx: CallContext, tasks: readonly TaskRow[]): Promise<string[]> {
    let read = "";
    let record: BlobRecord = new Map();
    const texts: string[] = [];
    for (const { row, part } of tasks) {
      const place = `${row.segment}:${row.offset}`;
      if (place !== read) record = await this.#options.store.blobs.read(ctx, row);
      read = place;
      texts.push(Buffer.from(record.get(part) ?? "").toString("utf8"));
    }
    return texts;
  }
}

/** Index of the task that a page begins with. */
function placeOf(job: JobRow, cursor: string | null): number {
  const from = parseCursor(cursor);
  if (from > job.tasks) throw badCursor();
  return from;
}
