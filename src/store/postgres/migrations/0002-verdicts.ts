import { type Kysely, type Migration, sql } from "kysely";

/**
 * Later verdicts on rollouts. The first one stays in the rollout itself, which nothing here changes, so processes of the
 * release before go on as they were.
 */
export const verdicts: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`create table verdicts (
      tenant text not null,
      rollout_id text not null references rollouts (id) on delete cascade,
      version integer not null check (version >= 2),
      rescore_id text not null,
      outcome text not null,
      reward double precision,
      masked boolean not null,
      truncated_by text,
      reason text,
      error json,
      record_segment text,
      record_offset bigint,
      record_length bigint,
      created_at timestamptz not null default now(),
      primary key (tenant, rollout_id, version)
    )`.execute(db);
  },
};
