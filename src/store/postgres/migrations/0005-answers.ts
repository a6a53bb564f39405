import { type Kysely, type Migration, sql } from "kysely";

/** What was answered, as a key: majorities over a group need no record. Processes of the release before leave it null. */
export const answers: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql`alter table rollouts add column answer text`.execute(db);
  },
};
