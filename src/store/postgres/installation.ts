import { newId } from "../../core/ids.ts";
import type { Database } from "./database.ts";

/** The installation's id, made at the first call. Processes that make it together agree on one. */
export async function installationId(db: Database): Promise<string> {
  const key = "installation";
  await db
    .insertInto("meta")
    .values({ key, value: newId("installation") })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await db.selectFrom("meta").select("value").where("key", "=", key).executeTakeFirstOrThrow();
  return row.value;
}
