import { type Kysely, type Migration, sql } from "kysely";

/**
 * Jobs can be removed. Ledger and verdicts are removed with their rollouts by us, by indexes that begin with the tenant: the foreign
 * keys would search both tables for every rollout, and lock the rollout for every attempt. The release before removes nothing,
 * and goes on as it was.
 */
export const removal: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`alter table attempts drop constraint attempts_rollout_id_fkey`.execute(db);
    await sql`alter table verdicts drop constraint verdicts_rollout_id_fkey`.execute(db);
    await sql`create index jobs_removed on jobs (id) where tenant = ''`.execute(db);
    await sql`create index jobs_ended on jobs (ended_at) where ended_at is not null`.execute(db);
  },
};
