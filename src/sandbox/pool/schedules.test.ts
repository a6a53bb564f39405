import fc from "fast-check";
import { expect, it } from "vitest";
import { manualClock } from "../../../test/server/support/manual-clock.ts";
import { simulatedProvider } from "../../../test/support/simulated-provider.ts";
import { rootContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { silentLogger } from "../../core/logger.ts";
import { poolKey, type SandboxMode, type SandboxSpec } from "../spec.ts";
import type { SandboxLease, SandboxPool } from "./lease.ts";
import { DEFAULT_POOL_LIMITS } from "./limits.ts";
import { SandboxPools } from "./pools.ts";

const SLOTS = 2;
const MAX = 3;
const SERVER_MAX = 5;
const SPECS = [
  ["red", "one"],
  ["red", "two"],
  ["blue", "one"],
].map(([tenant, resource]) => ({ tenant, resource, image: "python", slots: SLOTS }) as SandboxSpec);

/** Everything that promises have brought about. */
const flush = () => new Promise((resolve) => setImmediate(resolve));

/** Small and repeatable: the schedule decides everything. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Held {
  readonly lease: SandboxLease;
  readonly pool: number;
}

/** A server's pools over a provider that is slow, fails, and loses sandboxes, with everything that must hold of them. */
function openWorld(seed: number, mode: SandboxMode) {
  const random = randomOf(seed);
  const clock = manualClock();
  let isCalm = false;
  const slow = (most: number) => () => (isCalm || random() < 0.3 ? 0 : Math.floor(random() * most));
  const simulated = simulatedProvider(clock, {
    mode,
    createMs: slow(3_000),
    removeMs: slow(500),
    checkMs: slow(800),
    failure: () => (isCalm || random() > 0.2 ? null : new SandlotError("sandbox_create_failed", { detail: "bad luck" })),
  });
  const { provider, alive, facts } = simulated;
  const maxOf = new Map(SPECS.map((spec) => [poolKey(spec), MAX]));
  const removing = new Set<string>();
  const started = new Map<string, number>();
  const counted: typeof provider = {
    ...provider,
    async create(ctx, spec) {
      const key = poolKey(spec);
      const mine = [...alive].filter(([id, it]) => !removing.has(id) && poolKey(it.spec) === key).length;
      started.set(key, (started.get(key) ?? 0) + 1);
      expect(mine + (started.get(key) ?? 0), "sandboxes of a pool").toBeLessThanOrEqual(maxOf.get(key) ?? MAX);
      expect(alive.size + facts.creating, "sandboxes of the server").toBeLessThan(SERVER_MAX);
      try {
        return await provider.create(ctx, spec);
      } finally {
        started.set(key, (started.get(key) ?? 0) - 1);
      }
    },
    async remove(ctx, id) {
      removing.add(id);
      await provider.remove(ctx, id);
      removing.delete(id);
    },
  };
  const pools = new SandboxPools({
    provider: counted,
    maker: { ...simulated.maker, create: counted.create },
    limits: { ...DEFAULT_POOL_LIMITS, max: MAX, maxRuns: 7, maxAgeMs: 60_000, idleMs: 5_000, waitMs: 1e9 },
    server: { maxSandboxes: SERVER_MAX, creationsPerSecond: 5, creationsAtOnce: 3 },
    clock,
    logger: silentLogger,
  });
  const handles: SandboxPool[] = SPECS.map((spec) => pools.pool(spec));
  const held: Held[] = [];
  const pending = new Map<Promise<void>, AbortController>();
  const used = new Set<string>();
  const owned = new Set<string>();
  const dead = new Set<string>();
  const refusals: SandlotError[] = [];
  const pick = <T>(values: readonly T[]): T | undefined => values[Math.floor(random() * values.length)];

  function receive(lease: SandboxLease, pool: number, exclusive: boolean): void {
    const { id } = lease.sandbox;
    expect(dead.has(id), `${id} was known to be dead`).toBe(false);
    expect(owned.has(id), `${id} belongs to somebody alone`).toBe(false);
    expect(alive.get(id)?.spec ?? SPECS[pool]).toMatchObject({ ...SPECS[pool] });
    if (exclusive) {
      expect(lease.exclusive).toBe(true);
      expect(used.has(id), `${id} has been used`).toBe(false);
      owned.add(id);
    }
    used.add(id);
    held.push({ lease, pool });
    expect(held.filter((other) => other.lease.sandbox.id === id).length).toBeLessThanOrEqual(mode === "C" ? 1 : SLOTS);
    expect(lease.waitedMs).toBe(lease.queueMs + lease.claimMs);
  }

  const actions = {
    lease(exclusive: boolean) {
      const pool = Math.floor(random() * handles.length);
      const controller = new AbortController();
      const lease = handles[pool]?.lease(rootContext({ signal: controller.signal }), { exclusive });
      const settled: Promise<void> = Promise.resolve(lease).then(
        (got) => got && receive(got, pool, exclusive),
        (error: unknown) => void refusals.push(SandlotError.from(error)),
      );
      pending.set(settled, controller);
      void settled.finally(() => pending.delete(settled));
      settled.catch((error: unknown) => failures.push(error));
    },
    shared: () => actions.lease(false),
    exclusive: () => actions.lease(true),
    cancel: () => pick([...pending.values()])?.abort(new SandlotError("cancelled", { detail: "" })),
    release: () => giveBack(false),
    discard: () => giveBack(true),
    lose() {
      const id = pick([...alive.keys()]);
      if (id) simulated.lose(id);
    },
    hang() {
      const id = pick([...alive.keys()]);
      if (id && !isCalm) simulated.hang(id);
    },
    kill() {
      const sandbox = pick(pools.admin.sandboxes());
      if (sandbox) void pools.admin.kill(sandbox.id);
    },
    scale() {
      const pool = pick(pools.admin.list().filter(({ state }) => state === "open"));
      if (!pool) return;
      const max = 1 + Math.floor(random() * MAX);
      pools.admin.scale(pool.id, { min: Math.floor(random() * 2), max, idleBuffer: Math.floor(random() * 3) });
    },
    drain() {
      const pool = pick(pools.admin.list());
      if (pool) pools.admin.drain(pool.id);
    },
    wait: () => clock.advance(Math.floor(random() ** 3 * 8_000)),
  };
  const failures: unknown[] = [];

  function giveBack(discard: boolean): void {
    const given = pick(held);
    if (!given) return;
    held.splice(held.indexOf(given), 1);
    given.lease.release({ discard });
    if (random() < 0.1) given.lease.release({ discard });
    if (discard) dead.add(given.lease.sandbox.id);
  }

  return {
    async step(name: Exclude<keyof typeof actions, "lease">) {
      const before = new Set(alive.keys());
      actions[name]();
      await flush();
      for (const id of before) if (!alive.has(id)) dead.add(id);
      if (failures.length > 0) throw failures[0];
      expect(alive.size + facts.creating).toBeLessThanOrEqual(SERVER_MAX);
    },
    /** From now on the provider works, and everybody gives back what he gets: then everybody must get something. */
    async serveAll() {
      isCalm = true;
      for (let round = 0; pending.size > 0 && round < 400; round++) {
        while (held.length > 0) giveBack(false);
        clock.advance(500);
        await flush();
        await flush();
      }
      if (failures.length > 0) throw failures[0];
      expect(pending.size, "leases that nobody serves").toBe(0);
      expect(refusals.filter(({ code }) => code !== "cancelled")).toEqual([]);
    },
    async close() {
      while (held.length > 0) giveBack(false);
      const closed = pools.close();
      for (let round = 0; round < 5; round++) {
        clock.advance(1_000);
        await flush();
      }
      await closed;
      expect(alive.size).toBe(0);
      expect(clock.pending()).toBe(0);
      expect(pools.sandboxIds).toEqual([]);
    },
  };
}

const step = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("shared" as const, "shared" as const, "exclusive" as const) },
  { weight: 7, arbitrary: fc.constantFrom("release" as const, "release" as const, "discard" as const) },
  { weight: 6, arbitrary: fc.constant("wait" as const) },
  { weight: 3, arbitrary: fc.constantFrom("cancel" as const, "lose" as const, "hang" as const, "kill" as const) },
  { weight: 1, arbitrary: fc.constantFrom("scale" as const, "drain" as const) },
);

it("holds its promises in every schedule", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 10, maxLength: 60 }),
      fc.integer(),
      fc.constantFrom<SandboxMode>("B", "B", "B", "C"),
      async (steps, seed, mode) => {
        const world = openWorld(seed, mode);
        for (const name of steps) await world.step(name);
        await world.serveAll();
        await world.close();
      },
    ),
    { numRuns: Number(process.env["SANDLOT_TEST_SCHEDULES"] ?? 2_000), seed: 20_261_122 },
  );
});
