import { throwIfEnded } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { RolloutQueue } from "../port.ts";
import { inBatches } from "./batches.ts";
import { claimRollouts } from "./claim.ts";
import type { Database } from "./database.ts";
import { type Finish, finishRollouts } from "./finish.ts";
import { endOverdue } from "./overdue.ts";
import { reclaimRollouts } from "./reclaim.ts";
import { releaseRollouts } from "./release.ts";
import { renewLeases } from "./renew.ts";
import { retryRollout } from "./retry.ts";
import { turns } from "./turns.ts";

/**
 * The working side on Postgres. The database's clock is the only one that leases know. What ends or hands back
 * work goes through although its context has ended: the work was done, and a shutdown aborts contexts.
 */
export function rolloutQueue(db: Database): RolloutQueue {
  // Ends of one job wait for its row anyway. Waiting here, they leave the pool's connections to everybody else.
  const inTurn = turns();
  const finish = inBatches<Finish, number>({
    identity: ({ claim }) => claim.rollout.id,
    run: (jobId, finishes) => inTurn(jobId, () => finishRollouts(db, jobId, finishes)),
    isOfOne: (error) => !SandlotError.is(error, "database_unavailable") && !SandlotError.is(error, "storage_full"),
  });
  return {
    claim: async (ctx, request) => {
      throwIfEnded(ctx);
      return claimRollouts(db, request, ctx.logger);
    },
    renew: (_ctx, request) => renewLeases(db, request),
    finish: async (_ctx, claim, end) => ({ sequence: await finish(claim.rollout.jobId, { claim, end }) }),
    retry: (_ctx, claim, end, delayMs) => inTurn(claim.rollout.jobId, () => retryRollout(db, claim, end, delayMs)),
    release: (_ctx, claims) => releaseRollouts(db, claims),
    reclaim: async (ctx, options) => {
      throwIfEnded(ctx);
      return reclaimRollouts(db, ctx.logger, options?.orphansOf);
    },
    endOverdue: async (ctx) => {
      throwIfEnded(ctx);
      return endOverdue(db, ctx.logger);
    },
  };
}
