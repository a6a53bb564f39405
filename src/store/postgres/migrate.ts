import { type Migration, Migrator } from "kysely";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Database } from "./database.ts";
import { initial } from "./migrations/0001-initial.ts";
import { verdicts } from "./migrations/0002-verdicts.ts";
import { answers } from "./migrations/0003-answers.ts";

/**
 * Every step from an empty database to the present one, in order. A released step never changes, and each works
 * with the release before it, whose processes may still be running while it is applied.
 */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-initial": initial,
  "0002-verdicts": verdicts,
  "0003-answers": answers,
};

/** Applies the steps that are missing, under the migrator's advisory lock: processes that start together wait for one. */
export async function migrate(db: Database): Promise<void> {
  const provider = { getMigrations: () => Promise.resolve({ ...MIGRATIONS }) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw SandlotError.from(error);
}
