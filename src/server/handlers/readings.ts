import type { ReadingService } from "../../rollouts/reading-service.ts";
import type { HandlersOf } from "../route-types.ts";

/** Handlers of what is read of whole jobs. */
export function readingHandlers(
  readings: ReadingService,
): HandlersOf<"getJobMetrics" | "getJobProfile" | "filterTasks" | "exportJob"> {
  return {
    async getJobMetrics(ctx, { params }) {
      return { body: await readings.metrics(ctx, params.id) };
    },
    async getJobProfile(ctx, { params, query }) {
      const { cursor = null, limit, include, ...filter } = query;
      const page = { filter, cursor, limit, rows: include === "row" };
      return { body: await readings.profile(ctx, params.id, page), inParts: true };
    },
    async filterTasks(ctx, { params, query }) {
      const { cursor = null, ...filter } = query;
      return { lines: await readings.rows(ctx, params.id, { filter, cursor }) };
    },
    async exportJob(ctx, { params, query }) {
      const { format, cursor = null, limit = null, wait_seconds: seconds } = query;
      return { lines: await readings.export(ctx, params.id, { format, cursor, limit, waitMs: seconds * 1000 }) };
    },
  };
}
