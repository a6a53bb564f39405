import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { type Clock, systemClock } from "../../core/clock.ts";
import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";
import { type Logger, silentLogger } from "../../core/logger.ts";
import type { DatabaseConnection } from "../postgres/pool.ts";
import { findBinaries } from "./binaries.ts";
import { ensureCluster } from "./cluster.ts";
import { keepRunning } from "./keep-running.ts";
import { endPreviousServer } from "./previous-server.ts";
import { chooseAccount } from "./run-as.ts";
import { openServerLog, type ServerLog } from "./server-log.ts";
import { EMBEDDED_DATABASE, EMBEDDED_USER, serverArguments } from "./settings.ts";
import { pause } from "./pause.ts";
import { makeSocketDirectory } from "./socket-directory.ts";
import { supervise, type Supervised } from "./supervise.ts";

export interface EmbeddedPostgresOptions {
  /** Holds `postgres/` (the database), `run/` (the socket) and `postgres.log`. The caller holds its lock (lock.ts). */
  readonly dataDirectory: string;
  /** Longest start, in milliseconds; recovery after a crash is part of it. Default 120,000. */
  readonly startTimeoutMs?: number;
  /** Longest orderly stop, in milliseconds, after which the server is stopped at once and recovers at its next start. Default 30,000. */
  readonly stopTimeoutMs?: number;
  /** Connections at most. Default 20: one process needs no more. */
  readonly maxConnections?: number;
  /** A copy of the npm package, elsewhere than where Node finds it. */
  readonly packageRoot?: string;
  readonly clock?: Clock;
  /** Hears of a server that ends by itself. Default: nobody. */
  readonly logger?: Logger;
}

export interface EmbeddedPostgres {
  readonly connection: Extract<DatabaseConnection, { socketDirectory: string }>;
  /** Resolves when the server has ended. Close the store first; asking twice is fine. */
  stop(): Promise<void>;
}

const POLL_MS = 5;

/**
 * Starts the real Postgres as a child on a Unix socket. It stops with us, however we end, is started again when it ends by
 * itself, and recovers at each start what was committed. `database_unavailable` when it cannot start, with what it said.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    return await start(options);
  } catch (error) {
    throw SandlotError.from(error);
  }
}

async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const clock = options.clock ?? systemClock;
  await mkdir(options.dataDirectory, { recursive: true, mode: 0o700 });
  const dataDirectory = await realpath(options.dataDirectory);
  const binaries = await findBinaries(options.packageRoot);
  const existing = join(dataDirectory, "postgres");
  const runAs = await chooseAccount(
    [dataDirectory, binaries.postgres, join(binaries.root, "native", "share")],
    existing,
  );
  const log = await openServerLog(join(dataDirectory, "postgres.log"), clock);
  const sockets = await makeSocketDirectory(dataDirectory, runAs.owner);
  const cleanUp = async () => {
    await log.close();
    await sockets.remove();
  };
  try {
    const directory = await ensureCluster({ dataDirectory, binaries, runAs, log });
    const connection = { socketDirectory: sockets.path, user: EMBEDDED_USER, database: EMBEDDED_DATABASE };
    const stop = (server: Supervised) => stopServer(server, directory, options.stopTimeoutMs ?? 30_000);
    const launch = async () => {
      await endPreviousServer(directory);
      const command = [binaries.postgres, ...serverArguments(directory, sockets.path, options.maxConnections)] as const;
      const server = supervise({ runAs, command: [command[0], ...command.slice(1)], output: log.fd });
      try {
        await answering(connection, server, log, options.startTimeoutMs ?? 120_000);
      } catch (error) {
        await stop(server);
        throw error;
      }
      return server;
    };
    const stopForGood = keepRunning(await launch(), { launch, stop, logger: options.logger ?? silentLogger });
    let stopping: Promise<void> | null = null;
    const stopAll = async () => {
      await stopForGood();
      await cleanUp();
    };
    return { connection, stop: () => (stopping ??= stopAll()) };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

/** Resolves when the server answers. */
async function answering(
  connection: EmbeddedPostgres["connection"],
  server: Supervised,
  log: ServerLog,
  withinMs: number,
): Promise<void> {
  const end = performance.now() + withinMs;
  let exit: number | string | null = null;
  void server.ended.then((code) => (exit = code));
  for (;;) {
    const problem = await connectOnce(connection);
    if (problem === null) return;
    const detail = exit === null ? `does not answer: ${problem}` : `ended (${String(exit)}): ${await log.tail()}`;
    if (exit !== null || performance.now() > end) {
      throw new SandlotError("database_unavailable", { detail: `the embedded server ${detail}` });
    }
    await pause(POLL_MS);
  }
}

async function connectOnce({
  socketDirectory,
  user,
  database,
}: EmbeddedPostgres["connection"]): Promise<string | null> {
  const client = new Client({ host: socketDirectory, port: 5432, user, database, ssl: false });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return null;
  } catch (error) {
    return messageOf(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function stopServer(server: Supervised, directory: string, withinMs: number): Promise<void> {
  server.stop();
  const patience = new AbortController();
  const inTime = await Promise.race([
    server.ended.then(() => true),
    pause(withinMs, patience.signal).then(() => false),
  ]);
  patience.abort();
  // The supervisor asked in vain: what follows ends the server at once.
  if (!inTime) await endPreviousServer(directory);
}
