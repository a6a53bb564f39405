import type { VerdictVersion } from "../contract/rescores.ts";
import type { CallContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import type { RecordPointer, RolloutRow, Store, VerdictRow } from "../store/port.ts";
import { decodeRecord } from "./record.ts";
import { verdictView } from "./views.ts";

/** Every verdict on a rollout, the first one first. Throws `not_found`. */
export async function verdictVersions(ctx: CallContext, store: Store, rolloutId: string): Promise<VerdictVersion[]> {
  const rollout = await store.rollouts.get(ctx, rolloutId);
  if (!rollout) throw new SandlotError("not_found", { kind: "rollout", id: rolloutId });
  const later = await store.verdicts.list(ctx, rolloutId);
  return Promise.all([...firstOf(rollout), ...later].map((row) => version(ctx, store, row)));
}

type AnyVersion = Omit<VerdictRow, "rolloutId" | "rescoreId" | "createdAt"> & {
  readonly rescoreId: string | null;
  readonly createdAt: Date | null;
};

function firstOf({ judgement, reason, record, endedAt }: RolloutRow): AnyVersion[] {
  if (!judgement) return [];
  return [{ version: 1, rescoreId: null, judgement, reason, error: null, record, createdAt: endedAt }];
}

async function version(ctx: CallContext, store: Store, row: AnyVersion): Promise<VerdictVersion> {
  const { judgement, reason, error, rescoreId, createdAt } = row;
  const verdict = row.record && (await readVerdict(ctx, store, row.record));
  return {
    version: row.version,
    rescore_id: rescoreId,
    outcome: judgement.outcome,
    reward: judgement.reward,
    masked: judgement.masked,
    reason,
    verdict: verdict && verdictView(verdict, ctx.principal),
    error,
    created_at: createdAt?.toISOString() ?? null,
  };
}

async function readVerdict(ctx: CallContext, { blobs }: Store, pointer: RecordPointer) {
  return decodeRecord(await blobs.read(ctx, pointer)).verdict;
}
