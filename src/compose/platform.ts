import { createAgentRegistry, createSimpleAgent } from "../agents/index.ts";
import type { Config } from "../config/index.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import { rootContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { newId } from "../core/ids.ts";
import type { Logger } from "../core/logger.ts";
import { DEFAULT_RETRY_POLICY } from "../core/retry-policy.ts";
import type { ExecutionService } from "../execution/index.ts";
import type { FleetAdmin, ModelClient, ModelMetrics } from "../models/index.ts";
import type { Environments } from "../resources/index.ts";
import { watchEventLoop } from "./event-loop.ts";
import {
  Admission,
  type AdmissionLimits,
  Groups,
  Jobs,
  Overseer,
  Readings,
  relaySignals,
  Rescores,
  Signals,
  Submissions,
  type Verifications,
  Worker,
} from "../rollouts/index.ts";
import { type PoolsAdmin, Reaper, SandboxPools } from "../sandbox/index.ts";
import {
  type DatabaseConnection,
  lockDataDirectory,
  openStore,
  startEmbeddedPostgres,
  type Store,
} from "../store/index.ts";
import { Closers } from "./closers.ts";
import { capturingEnvironments, composeEnvironments, composeVerifications, sandboxServices } from "./environments.ts";
import { composeExecution } from "./execution.ts";
import { composeModels } from "./models.ts";
import { chooseProvider, poolSettings } from "./sandboxes.ts";
import { storageOptions } from "./storage.ts";
import type { Work } from "./worker-metrics.ts";

export interface PlatformOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Called with each step of the start that takes time. */
  readonly onStep?: (text: string) => void;
}

/** Everything that runs behind the surfaces of one process. */
export interface Platform {
  readonly jobs: Jobs;
  readonly groups: Groups;
  readonly environments: Environments;
  readonly models: ReadonlyMap<string, ModelClient>;
  readonly fleets: FleetAdmin;
  readonly metrics: ModelMetrics;
  /** What is played here; null in a process that plays nothing. */
  readonly work: Work | null;
  readonly store: Store;
  /** Name of the sandbox provider, what runs programs in its sandboxes, and the pools of these; null in a process that plays nothing. */
  readonly provider: string | null;
  readonly execution: ExecutionService | null;
  readonly pools: PoolsAdmin | null;
  /** Verification alone; null like `pools`. */
  readonly verification: Verifications | null;
  /** What rollouts submitted. */
  readonly submissions: Submissions;
  /** Stored rollouts through the present verifiers; null like `pools`. */
  readonly rescores: Rescores | null;
  /** Metrics and exports of whole jobs. */
  readonly readings: Readings;
  /** By check: `ok`, or what is wrong. */
  ready(): Promise<Record<string, string>>;
  /** Stops in the right order; work that is not done after the grace is handed back. Idempotent. */
  close(graceMs: number): Promise<void>;
}

/** While one is between two programs, others have theirs. */
const VERIFICATIONS_PER_SLOT = 4;

/** Rollouts of one rescore: many verifiers need no sandbox, and those that do wait for one. */
const RESCORED_AT_ONCE = 32;

/** Picks the implementations, wires them, and starts the worker. What was started is closed again when a step fails. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { config, logger, clock = systemClock } = options;
  const closers = new Closers();
  try {
    const { store, alone } = await startStore(options, closers);
    const sandboxes = config.worker.enabled ? await startSandboxes(options, store, alone, closers) : null;
    const environments = composeEnvironments(config, sandboxes && sandboxServices(config, sandboxes.execution, clock));
    const { models, fleets, metrics, limitOf, versionsOf, close } = await composeModels({ config, clock, logger });
    closers.add(close);
    const signals = new Signals();
    // Where no other process can be, nobody is to be told.
    if (!alone) closers.add(relaySignals({ signals, board: store.notices, clock }));
    startOverseer(options, store, signals, closers);
    const groups = new Groups({ store, signals, clock });
    const jobs = new Jobs({ store, environments, models, signals, clock });
    const parts = { store, alone, environments, models, limitOf, versionsOf, signals, closers };
    const work = sandboxes && (await startWorker(options, parts));
    return {
      jobs,
      groups,
      environments,
      models,
      fleets,
      metrics,
      work,
      store,
      provider: sandboxes?.provider ?? null,
      execution: sandboxes?.execution ?? null,
      pools: sandboxes?.pools.admin ?? null,
      submissions: new Submissions({ store, clock, ...capturingEnvironments(config) }),
      rescores: sandboxes && new Rescores({ store, environments, clock, parallel: RESCORED_AT_ONCE }),
      readings: new Readings({ store, environments, jobs, signals, clock }),
      verification: sandboxes && composeVerifications(config, environments, clock),
      ready: async () => ({ database: await databaseState(store, logger), storage: await storageState(store) }),
      close: (graceMs) => closers.close(graceMs),
    };
  } catch (error) {
    await closers.close(0);
    throw error;
  }
}

/** `alone`: no other process can share the database, so whatever a former process held is free. */
async function startStore({ config, logger, clock, onStep }: PlatformOptions, closers: Closers) {
  const dataDirectory = config.data_dir;
  const lock = await lockDataDirectory(dataDirectory);
  closers.add(() => lock.release());
  let connection: DatabaseConnection;
  const { url } = config.database;
  if (url) connection = { url };
  else {
    onStep?.("starting the embedded database");
    const embedded = await startEmbeddedPostgres({ dataDirectory, logger });
    closers.add(() => embedded.stop());
    connection = embedded.connection;
  }
  const store = await openStore({
    database: { connection },
    ...storageOptions(config),
    logger,
    ...(clock ? { clock } : {}),
  });
  closers.add(() => store.close());
  store.housekeeping.start({ retentionDays: config.storage.retention_days ?? null });
  return { store, alone: url === undefined };
}

async function startSandboxes(options: PlatformOptions, store: Store, alone: boolean, closers: Closers) {
  const { config, logger, clock = systemClock, onStep } = options;
  const owner = { installation: store.installation, owner: newId("server") };
  const chosen = await chooseProvider({ config, owner, clock, logger, ...(onStep ? { onStep } : {}) });
  const { provider, hasImage } = chosen;
  closers.add(() => chosen.close());
  const pools = new SandboxPools({ provider, ...poolSettings(config), clock, logger });
  const reaper = new Reaper({ provider, owner, known: () => pools.sandboxIds, alone, clock, logger });
  await reaper.start();
  closers.add(async () => {
    reaper.close();
    await pools.close();
  });
  const execution = composeExecution({ config, pools, hasImage, clock });
  closers.add(() => execution.close());
  return { pools, execution, provider: provider.name };
}

/** In every process: what has lost all its workers still comes to an end. */
function startOverseer(options: PlatformOptions, store: Store, signals: Signals, closers: Closers): void {
  const { config, logger, clock = systemClock } = options;
  const leaseMs = config.worker.lease_seconds * 1000;
  const overseer = new Overseer({ queue: store.queue, signals, leaseMs, clock, random: Math.random, logger });
  overseer.start();
  closers.add(() => overseer.stop());
}

interface WorkerParts {
  readonly store: Store;
  readonly alone: boolean;
  readonly environments: Environments;
  readonly models: ReadonlyMap<string, ModelClient>;
  readonly limitOf: (model: string) => number | null;
  readonly versionsOf: (model: string) => readonly string[];
  readonly signals: Signals;
  readonly closers: Closers;
}

async function startWorker(
  { config, logger, clock = systemClock }: PlatformOptions,
  parts: WorkerParts,
): Promise<Work> {
  const { store, alone, environments, models, limitOf, versionsOf, signals, closers } = parts;
  const agents = createAgentRegistry([createSimpleAgent({ clock })]);
  const worker = newId("server");
  if (alone) {
    const resumed = await store.queue.reclaim(rootContext({ logger }), { orphansOf: worker });
    if (resumed > 0) logger.info({ resumed }, "rollouts of the former process were queued again");
  }
  const eventLoop = watchEventLoop();
  closers.add(() => eventLoop.close());
  const admission = new Admission({
    concurrency: config.worker.concurrency,
    limits: admissionLimits(config),
    outagePatienceMs: config.worker.model_outage_seconds * 1000,
    models,
    limitOf,
    eventLoopDelayMs: eventLoop.delayMs,
    clock,
    random: Math.random,
  });
  const running = new Worker({
    worker,
    store,
    environments,
    models,
    agent: (name) => agents.get(name, "environment.yaml"),
    signals,
    retryPolicy: DEFAULT_RETRY_POLICY,
    versionsOf,
    admission,
    leaseMs: config.worker.lease_seconds * 1000,
    clock,
    random: Math.random,
    logger,
  });
  running.start();
  closers.add((graceMs) => running.stop(graceMs));
  return {
    concurrency: config.worker.concurrency,
    active: () => running.activeRollouts,
    admission: () => admission.state,
  };
}

function admissionLimits({ worker, sandbox }: Config): AdmissionLimits {
  const slots = sandbox.slots_per_sandbox * Math.min(sandbox.pool.max, sandbox.max_sandboxes);
  return {
    modelCalls: worker.max_model_calls,
    sandboxStarts: worker.max_sandbox_starts,
    verifications: worker.max_verifications ?? VERIFICATIONS_PER_SLOT * slots,
  };
}

async function storageState({ room }: Store): Promise<string> {
  return (await room.problem())?.message ?? "ok";
}

async function databaseState(store: Store, logger: Logger): Promise<string> {
  try {
    await store.check(rootContext({ logger }));
    return "ok";
  } catch (error) {
    return SandlotError.from(error).message;
  }
}
