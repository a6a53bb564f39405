import { availableParallelism, totalmem } from "node:os";
import type { Config } from "../config/index.ts";
import type { Clock } from "../core/clock.ts";
import { ExecutionEngine, resourceClasses } from "../execution/index.ts";
import { readCatalogue, type SandboxPools } from "../sandbox/index.ts";
import { believed } from "./believed.ts";
import { IMAGES_ROOT } from "./paths.ts";
import { type ChosenProvider, sandboxRuntime } from "./sandboxes.ts";

export interface ExecutionInput {
  readonly config: Config;
  readonly pools: SandboxPools;
  readonly hasImage: ChosenProvider["hasImage"];
  readonly clock: Clock;
}

/** Sessions of one sandbox: they are idle most of the time, unlike runs. */
const SESSION_SLOTS = 8;
/** How long an image is believed to be there, or not: one that is built while the server runs is soon used. */
const IMAGE_BELIEVED_MS = 5_000;
/** Requests that may wait for a slot, and for a session. */
const MAX_WAITING = 1_000;
const MAX_WAITING_SESSIONS = 100;

/** The execution service over the pools, with sizes from the configuration and the machine. */
export function composeExecution({ config, pools, hasImage, clock }: ExecutionInput): ExecutionEngine {
  const { slots_per_sandbox: slots, mode, pool, max_sandboxes: most } = config.sandbox;
  const common = { cpus: Math.min(slots, availableParallelism()), mode, runtime: sandboxRuntime(config) };
  const sandboxes = (ofEach: number) => ({ ...common, slots: ofEach, classes: resourceClasses(ofEach, totalmem()) });
  // Sessions keep their sandboxes: half of all are left to runs.
  const sessions = Math.min(pool.max, Math.ceil(most / 2)) * SESSION_SLOTS;
  const tenants = new Set(config.server.api_keys.map(({ tenant }) => tenant));
  return new ExecutionEngine({
    catalogue: remembered(() => readCatalogue(IMAGES_ROOT)),
    pools,
    hasImage: believed(IMAGE_BELIEVED_MS, clock, hasImage),
    clock,
    sandboxes: sandboxes(slots),
    runs: { atOnce: runsAtOnce(pools, slots * Math.min(pool.max, most), clock), maxWaiting: MAX_WAITING },
    sessions: {
      sandboxes: sandboxes(SESSION_SLOTS),
      atOnce: sessions,
      // Where there are several, none can take all.
      perTenant: tenants.size > 1 ? Math.ceil(sessions / 2) : sessions,
      maxWaiting: MAX_WAITING_SESSIONS,
      maxLifetimeMs: pool.max_age_seconds * 1000,
    },
  });
}

/** What `read` comes to, read once; a failure is not remembered. */
function remembered<T>(read: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | null = null;
  return () => {
    if (value) return value;
    value = read();
    value.catch(() => (value = null));
    return value;
  };
}

/** How long what operators have scaled is believed to be unchanged. Milliseconds. */
const BELIEVED_MS = 1_000;

/** Slots of the largest pool of runs: what it is configured to, or what an operator has scaled it to. */
function runsAtOnce({ admin }: SandboxPools, configured: number, clock: Clock): () => number {
  let atOnce = configured;
  let askedAt = -Infinity;
  return () => {
    if (clock.monotonic() - askedAt < BELIEVED_MS) return atOnce;
    askedAt = clock.monotonic();
    const pools = admin.list().filter(({ spec }) => spec.resource === "execution");
    atOnce = Math.max(configured, ...pools.map(({ spec, limits }) => spec.slots * limits.max));
    return atOnce;
  };
}
