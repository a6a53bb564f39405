import type { JobService } from "../../rollouts/service.ts";
import type { HandlersOf } from "../route-types.ts";

/** Most rollouts of one page that carries their records. */
const RECORDS_PER_PAGE = 100;

/** Handlers of rollouts. */
export function rolloutHandlers(jobs: JobService): HandlersOf<"listRollouts" | "getRollout" | "listSamples"> {
  return {
    async listRollouts(ctx, { params, query }) {
      const records = query.include === "record";
      const limit = records ? Math.min(query.limit, RECORDS_PER_PAGE) : query.limit;
      const { cursor = null, outcome: outcomes, task: taskId, min_reward: minReward, max_reward: maxReward } = query;
      const filter = { outcomes, taskId, minReward, maxReward, masked: query.masked };
      return { body: await jobs.rollouts(ctx, params.id, { cursor, limit, records, ...filter }) };
    },
    async listSamples(ctx, { params, query }) {
      const { cursor = null, limit, wait_seconds: seconds } = query;
      return { body: await jobs.samples(ctx, params.id, { cursor, limit, waitMs: seconds * 1000 }) };
    },
    async getRollout(ctx, { params }) {
      return { body: await jobs.rollout(ctx, params.id) };
    },
  };
}
