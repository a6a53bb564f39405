import type { ExportFormat } from "../contract/exports.ts";
import type { JobMetricsView } from "../contract/metrics.ts";
import type { ProfilePage, TaskFilter } from "../contract/profiles.ts";
import type { CallContext } from "../core/context.ts";

export interface ProfileQuery {
  readonly filter: TaskFilter;
  readonly cursor: string | null;
  /** Tasks to look at. */
  readonly limit: number;
  /** Whether the rows' raw text comes along; throws `forbidden` for callers that may not see hidden tests. */
  readonly rows: boolean;
}

export interface ExportQuery {
  readonly format: ExportFormat;
  readonly cursor: string | null;
  /** Lines at most; null for all. */
  readonly limit: number | null;
  /** How long to wait for the next rollout of a job that runs. */
  readonly waitMs: number;
}

/** What is read of whole jobs. Every call sees the context's tenant only, and throws `not_found` at once. */
export interface ReadingService {
  /** Throws `overloaded` when too many are read at once. */
  metrics(ctx: CallContext, jobId: string): Promise<JobMetricsView>;
  profile(ctx: CallContext, jobId: string, query: ProfileQuery): Promise<ProfilePage>;
  /** The rows of tasks that the filter lets through: one line each, without its end. */
  rows(ctx: CallContext, jobId: string, query: Pick<ProfileQuery, "filter" | "cursor">): Promise<AsyncIterable<string>>;
  /** Lines of JSON, without their ends. Throws `overloaded` when too many are read at once. */
  export(ctx: CallContext, jobId: string, query: ExportQuery): Promise<AsyncIterable<string>>;
}
