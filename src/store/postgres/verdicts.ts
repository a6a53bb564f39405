import type { Selectable } from "kysely";
import { throwIfEnded } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { NewVerdict, VerdictRow, VerdictStore } from "../port.ts";
import type { Database, Tx } from "./database.ts";
import { underJob } from "./locked-job.ts";
import type { VerdictsTable } from "./schema.ts";
import { columnText } from "./text.ts";

/** Later verdicts on Postgres. */
export function verdictStore(db: Database): VerdictStore {
  return {
    add: async (ctx, { jobId, rescoreId, verdicts }) => {
      throwIfEnded(ctx);
      if (verdicts.length === 0) return;
      const { tenant } = ctx.principal;
      // The lock keeps two who rescore the same job from taking the same version.
      const known = await underJob(db, { id: jobId, tenant }, async (tx) => {
        const last = await lastVersions(
          tx,
          tenant,
          verdicts.map(({ rolloutId }) => rolloutId),
        );
        const rows = verdicts.map((verdict) => ({
          ...columnsOf(verdict),
          tenant,
          rescore_id: rescoreId,
          version: (last.get(verdict.rolloutId) ?? 1) + 1,
        }));
        await tx.insertInto("verdicts").values(rows).execute();
        return true;
      });
      if (!known) throw new SandlotError("not_found", { kind: "job", id: jobId });
    },
    list: async (ctx, rolloutId) => {
      throwIfEnded(ctx);
      const records = await db
        .selectFrom("verdicts")
        .selectAll()
        .where("tenant", "=", ctx.principal.tenant)
        .where("rollout_id", "=", rolloutId)
        .orderBy("version")
        .execute();
      return records.map(verdictRowOf);
    },
  };
}

async function lastVersions(tx: Tx, tenant: string, rollouts: readonly string[]): Promise<Map<string, number>> {
  const found = await tx
    .selectFrom("verdicts")
    .select((eb) => ["rollout_id", eb.fn.max("version").as("version")])
    .where("tenant", "=", tenant)
    .where("rollout_id", "in", [...rollouts])
    .groupBy("rollout_id")
    .execute();
  return new Map(found.map(({ rollout_id, version }) => [rollout_id, version]));
}

function columnsOf({ rolloutId, judgement, reason, error, record }: NewVerdict) {
  return {
    rollout_id: rolloutId,
    ...judgement,
    reason: columnText(reason),
    error: error && JSON.stringify(error),
    record_segment: record?.segment ?? null,
    record_offset: record?.offset ?? null,
    record_length: record?.length ?? null,
  };
}

function verdictRowOf(row: Selectable<VerdictsTable>): VerdictRow {
  const { record_segment: segment, record_offset: offset, record_length: length } = row;
  return {
    rolloutId: row.rollout_id,
    version: row.version,
    rescoreId: row.rescore_id,
    judgement: { outcome: row.outcome, reward: row.reward, masked: row.masked, truncated_by: row.truncated_by },
    reason: row.reason,
    error: row.error,
    record: segment === null || offset === null || length === null ? null : { segment, offset, length },
    createdAt: row.created_at,
  };
}
