import { newId } from "../../core/ids.ts";
import type { Database } from "./database.ts";

/** The installation's id, made at the first call. Processes that make it together agree on one. */
export function installationId(db: Database): Promise<string> {
  return agreed(db, "installation", newId("installation"));
}

/** Id of the directory in which this database's records are: `own` when it is the first one. */
export function segmentsId(db: Database, own: string): Promise<string> {
  return agreed(db, "segments", own);
}

async function agreed(db: Database, key: string, value: string): Promise<string> {
  await db
    .insertInto("meta")
    .values({ key, value })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await db.selectFrom("meta").select("value").where("key", "=", key).executeTakeFirstOrThrow();
  return row.value;
}
