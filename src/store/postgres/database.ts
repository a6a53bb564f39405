import { Kysely, PostgresDialect, type Transaction } from "kysely";
import { openPool, type PoolOptions } from "./pool.ts";
import type { Tables } from "./schema.ts";

export type Database = Kysely<Tables>;
export type Tx = Transaction<Tables>;

/** Query builder over a pool. Connects at the first query; `destroy()` closes the pool. */
export function openDatabase(options: PoolOptions): Database {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: openPool(options) }) });
}
