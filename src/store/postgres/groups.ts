import { throwIfEnded } from "../../core/context.ts";
import type { GroupRow, GroupStore } from "../port.ts";
import type { Database } from "./database.ts";
import { acknowledge, handBack, take } from "./deliveries.ts";
import { rolloutRowOf, selectRollouts } from "./rollout-row.ts";

/** Complete groups on Postgres. */
export function groupStore(db: Database): GroupStore {
  return {
    page: async (ctx, jobId, { after, limit }) => {
      throwIfEnded(ctx);
      const { tenant } = ctx.principal;
      const tasks = await db
        .selectFrom("tasks")
        .select("sequence")
        .where("tenant", "=", tenant)
        .where("job_id", "=", jobId)
        .where("sequence", ">", after)
        .orderBy("sequence")
        .limit(limit)
        .execute();
      return readGroups(
        db,
        { tenant, jobId },
        tasks.flatMap(({ sequence }) => sequence ?? []),
      );
    },
    take: async (ctx, request) => {
      throwIfEnded(ctx);
      const { tenant } = ctx.principal;
      const taken = await take(db, tenant, request);
      const groups = await readGroups(db, { tenant, jobId: request.jobId }, Array.from(taken.deliveries.keys()));
      const counted = groups.map((group) => ({ ...group, deliveries: taken.deliveries.get(group.sequence) ?? 1 }));
      const delivery = taken.until && { id: taken.id, until: taken.until, groups: counted };
      return { delivery, cursor: taken.cursor };
    },
    acknowledge: async (ctx, jobId, deliveryId) => {
      throwIfEnded(ctx);
      return { cursor: await acknowledge(db, { tenant: ctx.principal.tenant, jobId }, deliveryId) };
    },
    handBack: async (ctx, jobId, deliveryId) => {
      throwIfEnded(ctx);
      await handBack(db, { tenant: ctx.principal.tenant, jobId }, deliveryId);
    },
  };
}

/** Groups by sequence, in sequence, with their rollouts. */
async function readGroups(
  db: Database,
  { tenant, jobId }: { readonly tenant: string; readonly jobId: string },
  sequences: readonly number[],
): Promise<GroupRow[]> {
  if (sequences.length === 0) return [];
  const records = await selectRollouts(db)
    .select(["tasks.sequence as group_sequence", "tasks.ended_at as group_ended_at"])
    .where("rollouts.tenant", "=", tenant)
    .where("rollouts.job_id", "=", jobId)
    .where("tasks.sequence", "in", [...sequences])
    .orderBy("tasks.sequence")
    .orderBy("rollouts.rollout_index")
    .execute();
  const groups = new Map<number, GroupRow & { rollouts: ReturnType<typeof rolloutRowOf>[] }>();
  for (const record of records) {
    const sequence = record.group_sequence ?? 0;
    const rollout = rolloutRowOf(record);
    const group = groups.get(sequence);
    if (group) group.rollouts.push(rollout);
    else {
      const { taskId, taskIndex } = rollout;
      const endedAt = record.group_ended_at ?? new Date(0);
      groups.set(sequence, { taskId, taskIndex, sequence, endedAt, rollouts: [rollout] });
    }
  }
  return Array.from(groups.values());
}
