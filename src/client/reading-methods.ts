import type { ExportFormat } from "../contract/exports.ts";
import type { TaskFilter } from "../contract/profiles.ts";
import { callLines, type LinesOptions } from "./call-lines.ts";
import { type AnswerOf, callRoute, type CallOptions, type ListQuery } from "./call-route.ts";
import type { Transport } from "./transport.ts";

/** Milliseconds for the metrics of a large job: the server ends it before. */
const METRICS_TIMEOUT_MS = 600_000;

/** Which tasks are let through; what is left out does not matter. */
export type TaskFilterQuery = { readonly [K in keyof TaskFilter]?: TaskFilter[K] | undefined };

export interface ProfileListQuery extends ListQuery, TaskFilterQuery {
  /** `row` adds each row's raw text. */
  include?: "row" | undefined;
}

export interface ExportJobQuery extends ListQuery {
  /** Default gym. */
  format?: ExportFormat | undefined;
  /** How long to wait for the next rollout of a job that runs. Default 0. */
  wait_seconds?: number | undefined;
}

/** What is read of whole jobs. */
export interface ReadingMethods {
  getJobMetrics(id: string, options?: CallOptions): Promise<AnswerOf<"getJobMetrics">>;
  getJobProfile(id: string, query?: ProfileListQuery, options?: CallOptions): Promise<AnswerOf<"getJobProfile">>;
  /** The rows' texts. */
  filterTasks(
    id: string,
    query?: TaskFilterQuery & Pick<ListQuery, "cursor">,
    options?: LinesOptions,
  ): AsyncGenerator<string, void, undefined>;
  /** Lines of JSON. */
  exportJob(id: string, query?: ExportJobQuery, options?: LinesOptions): AsyncGenerator<string, void, undefined>;
}

/** Those methods over one transport. */
export function readingMethods(transport: Transport): ReadingMethods {
  return {
    getJobMetrics: (id, call) =>
      callRoute(transport, "getJobMetrics", { params: { id } }, { timeoutMs: METRICS_TIMEOUT_MS, ...call }),
    getJobProfile: (id, query, call) =>
      callRoute(transport, "getJobProfile", { params: { id }, query: { ...query } }, call),
    filterTasks: (id, query, options) =>
      callLines(transport, "filterTasks", { params: { id }, query: { ...query } }, options),
    exportJob: (id, query, options) =>
      callLines(
        transport,
        "exportJob",
        { params: { id }, query: { ...query } },
        { ...options, waitMs: 1000 * (query?.wait_seconds ?? 0) },
      ),
  };
}
