import { type Migration, Migrator } from "kysely";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Database } from "./database.ts";
import { initial } from "./migrations/0001-initial.ts";
import { groups } from "./migrations/0003-groups.ts";
import { verdicts } from "./migrations/0002-verdicts.ts";
import { removal } from "./migrations/0004-removal.ts";
import { answers } from "./migrations/0005-answers.ts";

/**
 * Every step from an empty database to the present one, in order. A released step never changes. A step works with
 * processes of the version before that still run, or keeps them out, as 0003 does: what they claim and change fails.
 */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-initial": initial,
  "0002-verdicts": verdicts,
  "0003-groups": groups,
  "0004-removal": removal,
  "0005-answers": answers,
};

/**
 * Applies the steps that are missing, up to one of them or all, under the migrator's advisory lock: processes that start together wait
 * for one.
 */
export async function migrate(db: Database, last = Object.keys(MIGRATIONS).at(-1) ?? ""): Promise<void> {
  const provider = { getMigrations: () => Promise.resolve({ ...MIGRATIONS }) };
  const { error } = await new Migrator({ db, provider }).migrateTo(last);
  if (error !== undefined) throw SandlotError.from(error);
}
