import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import { type ClientConfig, Pool, type PoolClient, types } from "pg";
import type { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import { databaseError } from "./database-error.ts";

/** Where the database is: a URL as libpq knows them, or a server on a Unix socket that trusts its clients. */
export type DatabaseConnection =
  | { readonly url: string }
  | { readonly socketDirectory: string; readonly user: string; readonly database: string };

export interface PoolOptions {
  readonly connection: DatabaseConnection;
  readonly logger: Logger;
  /** Connections at most. Default 8: the embedded server has 20, and the repositories never hold one while they wait. */
  readonly maxConnections?: number;
  /** Longest run of one statement, in milliseconds. Default 60,000. */
  readonly statementTimeoutMs?: number;
  /** Longest wait for a connection, a free place in the pool included, in milliseconds. Default 15,000. */
  readonly connectTimeoutMs?: number;
  /** What the server's own views show of us. Default `sandlot`. */
  readonly applicationName?: string;
  /** Called with each error of a statement. */
  readonly onError?: (error: SandlotError) => void;
}

const INT8_OID = 20;

/** A bounded pool whose every error is coded (see `databaseError`): the one place where the driver's errors are met. */
export function openPool(options: PoolOptions): PostgresPool {
  const pool = new Pool({
    ...target(options.connection),
    max: options.maxConnections ?? 8,
    statement_timeout: options.statementTimeoutMs ?? 60_000,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 15_000,
    idleTimeoutMillis: 60_000,
    application_name: options.applicationName ?? "sandlot",
    keepAlive: true,
    types: { getTypeParser },
  });
  // An idle connection that breaks is dropped by the pool; without a listener its error would end the process.
  pool.on("error", (error) => options.logger.warn({ error: error.message }, "an idle database connection was lost"));
  // One wrapper per connection: the query builder knows connections by their object.
  const wrappers = new WeakMap<PoolClient, PostgresPoolClient>();
  return {
    connect: async () => {
      try {
        const client = await pool.connect();
        const wrapper = wrappers.get(client) ?? coded(client, options.onError);
        wrappers.set(client, wrapper);
        return wrapper;
      } catch (error) {
        throw databaseError(error);
      }
    },
    end: () => pool.end(),
  };
}

/** The driver's words for where the database is. */
export function target(connection: DatabaseConnection): ClientConfig {
  if ("url" in connection) return { connectionString: connection.url };
  const { socketDirectory, user, database } = connection;
  // Port and TLS are named so that the driver does not look for them in the process environment.
  return { host: socketDirectory, port: 5432, user, database, ssl: false };
}

/** Offsets, lengths and counts stay far below 2^53, so 8-byte integers are read as numbers. */
const getTypeParser: typeof types.getTypeParser = (oid: number, format?: "text" | "binary") =>
  oid === INT8_OID ? Number : (types.getTypeParser(oid, format) as never);

function coded(client: PoolClient, onError: PoolOptions["onError"]): PostgresPoolClient {
  // A checked-out connection that breaks fails its query; the event that goes with it needs a listener too.
  client.on("error", () => undefined);
  const query = async <R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> => {
    try {
      return (await client.query(text, [...parameters])) as unknown as PostgresQueryResult<R>;
    } catch (error) {
      const failure = databaseError(error);
      onError?.(failure);
      throw failure;
    }
  };
  return { query: query as PostgresPoolClient["query"], release: () => client.release() };
}
