import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { type CallContext, LOCAL_PRINCIPAL, rootContext } from "../../src/core/context.ts";
import { newId } from "../../src/core/ids.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { type Judgement, masked, scored } from "../../src/core/outcome.ts";
import {
  type Claim,
  type ClaimedRollout,
  type DatabaseConnection,
  type FinishedRollout,
  type NewJob,
  openStore,
  startEmbeddedPostgres,
  type Store,
} from "../../src/store/index.ts";

export const ctx = rootContext();

export function contextOf(tenant: string): CallContext {
  return { ...ctx, principal: { ...LOCAL_PRINCIPAL, tenant } };
}

export interface TempDirectory {
  readonly path: string;
  remove(): Promise<void>;
}

/** A fresh directory; `parent` is the system's temporary one by default. */
export async function tempDirectory(parent = tmpdir()): Promise<TempDirectory> {
  const path = await mkdtemp(join(parent, "sandlot-test-"));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** A store on a server of its own, with nothing in it. */
export interface TestStore {
  readonly store: Store;
  readonly connection: Extract<DatabaseConnection, { socketDirectory: string }>;
  readonly directory: string;
  /** Empties every table of jobs. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export interface TestStoreOptions {
  /** Through a URL, to another database of the server. */
  readonly url?: boolean;
  /** Default: below its directory. */
  readonly segments?: string;
  readonly minFreeBytes?: number;
}

/** Starts an embedded server and opens a store on it. */
export async function startTestStore(options: TestStoreOptions = {}): Promise<TestStore> {
  const directory = await tempDirectory();
  const server = await startEmbeddedPostgres({ dataDirectory: directory.path });
  const { connection } = server;
  const database = options.url ? "by_url" : connection.database;
  if (options.url) await query(connection, `create database ${database}`);
  const url = `postgres://${connection.user}@/${database}?host=${encodeURIComponent(connection.socketDirectory)}`;
  const store = await openStore({
    database: { connection: options.url ? { url } : connection },
    segments: { directory: options.segments ?? join(directory.path, "segments") },
    minFreeBytes: options.minFreeBytes ?? 0,
    logger: silentLogger,
  });
  return {
    store,
    connection,
    directory: directory.path,
    reset: async () => {
      await query({ ...connection, database }, "truncate jobs, attempts, verdicts cascade");
    },
    close: async () => {
      await store.close();
      await server.stop();
      await directory.remove();
    },
  };
}

/** Rows of one statement over a connection of its own. */
export async function query(connection: TestStore["connection"], text: string): Promise<Record<string, unknown>[]> {
  const { socketDirectory: host, user, database } = connection;
  const client = new Client({ host, user, database });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

export function newJob(shape: { tasks?: number; repeats?: number } & Partial<Omit<NewJob, "tasks">> = {}): NewJob {
  const { tasks = 1, repeats = 1, ...rest } = shape;
  return {
    id: newId("job"),
    environment: "arithmetic",
    model: "policy",
    repeats,
    priority: 0,
    labels: {},
    limits: {},
    onTruncated: "score",
    sampling: "{}",
    replay: false,
    accepting: false,
    groups: { wanted: null, window: null, seconds: null },
    deadline: null,
    retries: {},
    maxVersionsBehind: null,
    retryOf: null,
    idempotency: null,
    ...rest,
    tasks: Array.from({ length: tasks }, (_, i) => ({
      taskId: `task-${i}`,
      row: { segment: "s", offset: 100 * i, length: 100 },
      part: `row-${i}`,
      size: repeats,
    })),
  };
}

export function finished(judgement: Judgement, more: Partial<FinishedRollout> = {}): FinishedRollout {
  return {
    outcome: judgement.outcome,
    error: null,
    judgement,
    reason: null,
    rewardComponents: null,
    metrics: {},
    times: null,
    record: null,
    ...more,
  };
}

export const claimedOf = ({ rollout, fence }: Claim): ClaimedRollout => ({ id: rollout.id, fence });

export const asScored = finished(scored(1));
export const sandboxError = { outcome: masked("sandbox_error").outcome, error: null };

export function claimAs(store: Store, worker: string, limit = 1, leaseMs = 60_000): Promise<Claim[]> {
  return store.queue.claim(ctx, { worker, limit, leaseMs });
}

/** The one rollout that is due. */
export async function claimOne(store: Store, worker = "worker", leaseMs = 60_000): Promise<Claim> {
  const [claim] = await claimAs(store, worker, 1, leaseMs);
  if (!claim) throw new Error("nothing is due");
  return claim;
}
