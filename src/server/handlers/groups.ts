import type { GroupService } from "../../rollouts/index.ts";
import type { HandlersOf } from "../route-types.ts";

/** Handlers of complete groups and their deliveries. */
export function groupHandlers(
  groups: GroupService,
): HandlersOf<"listGroups" | "takeGroups" | "acknowledgeGroups" | "handBackGroups"> {
  return {
    async listGroups(ctx, { params, query }) {
      const { cursor = null, limit, wait_seconds: seconds } = query;
      return { body: await groups.page(ctx, params.id, { cursor, limit, waitMs: 1000 * seconds }) };
    },
    async takeGroups(ctx, { params, body }) {
      const { consumer, limit, lease_seconds: lease, wait_seconds: wait } = body;
      const request = { consumer, limit, leaseMs: 1000 * lease, waitMs: 1000 * wait };
      return { body: await groups.take(ctx, params.id, request) };
    },
    async acknowledgeGroups(ctx, { params }) {
      return { body: await groups.acknowledge(ctx, params.id, params.delivery) };
    },
    async handBackGroups(ctx, { params }) {
      await groups.handBack(ctx, params.id, params.delivery);
      return { body: {} };
    },
  };
}
