import { describe, expect, it } from "vitest";
import { manualClock } from "../../../test/server/support/manual-clock.ts";
import { type Behaviour, simulatedProvider } from "../../../test/support/simulated-provider.ts";
import { rootContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { silentLogger } from "../../core/logger.ts";
import type { SandboxSpec } from "../spec.ts";
import type { SandboxLease } from "./lease.ts";
import { DEFAULT_POOL_LIMITS, type PoolLimits, type ServerLimits } from "./limits.ts";
import { SandboxPools } from "./pools.ts";

const ctx = rootContext();
const shared = { exclusive: false };
const exclusive = { exclusive: true };
const flush = () => new Promise((resolve) => setImmediate(resolve));
const specOf = (tenant: string, resource = "code") => ({ tenant, resource, image: "python", slots: 1 }) as SandboxSpec;

interface WorldOptions {
  readonly limits?: Partial<PoolLimits>;
  readonly server?: Partial<ServerLimits>;
  readonly behaviour?: Behaviour;
}

function openWorld({ limits, server, behaviour }: WorldOptions = {}) {
  const clock = manualClock();
  const simulated = simulatedProvider(clock, behaviour);
  const pools = new SandboxPools({
    provider: simulated.provider,
    maker: simulated.maker,
    limits: { ...DEFAULT_POOL_LIMITS, idleBuffer: 0, max: 10, ...limits },
    server: { creationsPerSecond: 100, ...server },
    clock,
    logger: silentLogger,
  });
  const advance = async (ms: number, slices = 4) => {
    for (let i = 0; i < slices; i++) {
      clock.advance(ms / slices);
      await flush();
    }
  };
  const of = (tenant: string) =>
    Array.from(simulated.alive.values()).filter(({ spec }) => spec.tenant === tenant).length;
  const close = async () => {
    const closed = pools.close();
    await advance(5_000, 5);
    await closed;
    expect(simulated.alive.size).toBe(0);
    expect(clock.pending()).toBe(0);
  };
  return { pools, clock, advance, of, close, ...simulated };
}

/** Leases as they are granted, in order. */
function ask(world: ReturnType<typeof openWorld>, tenant: string, count: number, resource?: string) {
  const granted: SandboxLease[] = [];
  const errors: unknown[] = [];
  const pool = world.pools.pool(specOf(tenant, resource));
  for (let i = 0; i < count; i++) {
    pool.lease(ctx, shared).then(
      (lease) => granted.push(lease),
      (error: unknown) => errors.push(error),
    );
  }
  return { granted, errors };
}

describe("pools that share a server", () => {
  it("never have more sandboxes together than the server may have, those being removed included", async () => {
    const world = openWorld({ server: { maxSandboxes: 4 }, behaviour: { removeMs: () => 1_000 } });
    const [red, blue] = [ask(world, "red", 6), ask(world, "blue", 6)];
    await world.advance(100);
    expect([red.granted.length, blue.granted.length]).toEqual([4, 0]);
    for (const lease of red.granted.splice(0)) lease.release({ discard: true });
    await world.advance(900);
    expect([world.alive.size, world.facts.created]).toEqual([4, 4]);
    await world.advance(200);
    expect([red.granted.length, blue.granted.length]).toEqual([2, 2]);
    expect(world.facts.most).toBe(4);
    await world.close();
  });

  it("take room from idle sandboxes of others, the one that was idle for longest first", async () => {
    const world = openWorld({ server: { maxSandboxes: 3 } });
    const leases = ["red", "green", "blue"].map((tenant) => ask(world, tenant, 1).granted);
    await world.advance(10);
    for (const granted of leases.toReversed()) {
      granted[0]?.release();
      await world.advance(20_000);
    }
    const wanted = ask(world, "white", 1);
    await world.advance(10);
    expect(wanted.granted).toHaveLength(1);
    expect(["red", "green", "blue"].map((tenant) => world.of(tenant))).toEqual([1, 1, 0]);
    await world.close();
  });

  it("do not let a tenant who holds everything keep another out, however many of his leases wait", async () => {
    const world = openWorld({ server: { maxSandboxes: 4 } });
    const red = ask(world, "red", 40);
    await world.advance(10);
    expect(red.granted).toHaveLength(4);
    const blue = ask(world, "blue", 40);
    for (let round = 0; round < 8; round++) {
      red.granted.shift()?.release();
      await world.advance(3_000);
    }
    expect([world.of("red"), world.of("blue")]).toEqual([2, 2]);
    // And it stays even: nobody takes from who holds as much.
    const { created } = world.facts;
    for (let round = 0; round < 8; round++) {
      (round % 2 === 0 ? red : blue).granted.shift()?.release();
      await world.advance(3_000);
    }
    expect([world.of("red"), world.of("blue")]).toEqual([2, 2]);
    expect(world.facts.created).toBe(created);
    await world.close();
  });

  it("close a sandbox to new leases for somebody who has none, when it would never be empty", async () => {
    const world = openWorld({ server: { maxSandboxes: 2 } });
    const pool = world.pools.pool({ ...specOf("red"), slots: 2 });
    const held: SandboxLease[] = [];
    const keepOn = () =>
      void pool.lease(ctx, shared).then(
        (lease) => held.push(lease),
        () => undefined,
      );
    for (let i = 0; i < 8; i++) keepOn();
    await world.advance(100);
    const blue = ask(world, "blue", 1);
    for (let round = 0; round < 12; round++) {
      held.shift()?.release();
      keepOn();
      await world.advance(1_000);
    }
    expect(blue.granted).toHaveLength(1);
    expect(world.of("red")).toBe(1);
    await world.close();
  });

  it("share evenly within a tenant, too", async () => {
    const world = openWorld({ server: { maxSandboxes: 4 } });
    const [one, two] = [ask(world, "red", 40, "one"), ask(world, "red", 1, "two")];
    for (let round = 0; two.granted.length === 0 && round < 8; round++) {
      await world.advance(3_000);
      one.granted.shift()?.release();
    }
    expect(two.granted).toHaveLength(1);
    await world.close();
  });

  it("make no sandboxes to have some ready when that would take them from others", async () => {
    const world = openWorld({ server: { maxSandboxes: 2 }, limits: { idleBuffer: 2 } });
    const red = ask(world, "red", 1);
    await world.advance(10);
    const blue = ask(world, "blue", 1);
    await world.advance(60);
    expect([red.granted.length, blue.granted.length]).toEqual([1, 1]);
    expect([world.of("red"), world.of("blue")]).toEqual([1, 1]);
    await world.close();
  });

  it("begin so many creations a second, and have so many under way", async () => {
    const world = openWorld({
      server: { creationsPerSecond: 2, creationsAtOnce: 3 },
      behaviour: { createMs: () => 100 },
      limits: { max: 50 },
    });
    ask(world, "red", 20);
    await world.advance(50);
    expect(world.making.size).toBe(2);
    await world.advance(5_000, 100);
    expect(world.facts.created).toBeGreaterThanOrEqual(11);
    expect(world.facts.created).toBeLessThanOrEqual(12);
    await world.close();
  });

  it("try a specification that failed with one sandbox, ever more rarely, and tell who waits", async () => {
    const error = new SandlotError("sandbox_create_failed", { detail: "no space left" });
    let tries = 0;
    const failure = () => (tries++, error);
    const world = openWorld({ behaviour: { failure }, limits: { waitMs: 30_000 } });
    const red = ask(world, "red", 8);
    await world.advance(29_000, 290);
    // 4 at once, then after 250 ms and ever twice as long one at a time; 10 s at most.
    expect(tries).toBeLessThanOrEqual(11);
    expect(red.errors).toEqual([]);
    await world.advance(2_000);
    expect(red.errors).toHaveLength(8);
    expect(red.errors[0]).toMatchObject({ code: "sandbox_unavailable", context: { detail: /no space left/ } });
    await world.close();
  });

  it("forget specifications that nobody asks for any more, and refuse new ones when too many are in use", async () => {
    const world = openWorld({ server: { maxPools: 2 }, limits: { idleMs: 10_000 } });
    const red = ask(world, "red", 1);
    const blue = ask(world, "blue", 1);
    await world.advance(10);
    await expect(world.pools.pool(specOf("green")).lease(ctx, shared)).rejects.toMatchObject({
      code: "sandbox_unavailable",
    });
    for (const lease of [...red.granted, ...blue.granted]) lease.release();
    await world.advance(60_000, 20);
    expect(world.pools.admin.list()).toEqual([]);
    expect(world.alive.size).toBe(0);
    // A handle that has been kept goes on working.
    const again = ask(world, "red", 1);
    await world.advance(10);
    expect(again.granted).toHaveLength(1);
    await world.close();
  });
});

describe("the size of a pool", () => {
  it("follows demand at once and shrinks to what was needed lately, not between two claims", async () => {
    const world = openWorld({ limits: { idleBuffer: 1, idleMs: 60_000 } });
    const burst = ask(world, "red", 6);
    await world.advance(100);
    expect(world.alive.size).toBe(7);
    for (const lease of burst.granted) lease.release();
    for (let round = 0; round < 60; round++) {
      const one = ask(world, "red", 1);
      await world.advance(500, 1);
      one.granted[0]?.release();
      await world.advance(500, 1);
    }
    expect(world.alive.size).toBe(7);
    const { created } = world.facts;
    for (let round = 0; round < 300; round++) {
      const one = ask(world, "red", 1);
      await world.advance(500, 1);
      one.granted[0]?.release();
      await world.advance(500, 1);
    }
    expect(world.alive.size).toBe(2);
    expect(world.facts.created).toBe(created);
    await world.advance(600_000, 100);
    expect(world.alive.size).toBe(0);
    await world.close();
  });

  it("replaces what has become too old, and ends what is far too old whoever holds it", async () => {
    const world = openWorld({ limits: { min: 1, maxAgeMs: 100_000, idleMs: 50_000 } });
    const [lease] = [await world.pools.pool(specOf("red")).lease(ctx, exclusive)];
    await world.advance(20_000);
    expect(world.facts.created).toBe(1);
    await world.advance(220_000, 40);
    expect(world.alive.has(lease.sandbox.id)).toBe(true);
    await world.advance(40_000, 40);
    expect(world.alive.has(lease.sandbox.id)).toBe(false);
    lease.release();
    await world.advance(250_000, 40);
    expect(world.alive.size).toBe(1);
    expect(world.facts.created).toBeGreaterThan(3);
    await world.close();
  });
});

describe("a claim", () => {
  it("costs no wait when a sandbox is ready, and tells waiting from claiming", async () => {
    const world = openWorld({ behaviour: { createMs: () => 400, checkMs: () => 30 } });
    const pool = world.pools.pool(specOf("red"));
    const first = pool.lease(ctx, shared);
    await world.advance(400);
    const lease = await first;
    expect(lease).toMatchObject({ queueMs: 400, claimMs: 0, waitedMs: 400 });
    lease.release();
    let got: SandboxLease | null = null;
    void pool.lease(ctx, shared).then((ready) => (got = ready));
    await Promise.resolve();
    await Promise.resolve();
    expect(got).toMatchObject({ queueMs: 0, claimMs: 0 });
    (got as SandboxLease | null)?.release();
    await world.advance(5_000);
    const later = pool.lease(ctx, shared);
    await world.advance(30, 1);
    expect(await later).toMatchObject({ queueMs: 0, claimMs: 30 });
    await world.close();
  });

  it("passes over a sandbox that does not answer, and takes it back when it does", async () => {
    const world = openWorld({ limits: { min: 2 }, behaviour: { createMs: () => 100, checkMs: () => 0 } });
    const pool = world.pools.pool(specOf("red"));
    const first = pool.lease(ctx, shared);
    await world.advance(200);
    (await first).release();
    await world.advance(5_000);
    const hung = world.pools.admin.sandboxes().find(({ uses }) => uses === 1);
    world.hang(hung?.id ?? "");
    const lease = pool.lease(ctx, shared);
    await world.advance(600);
    expect((await lease).sandbox.id).not.toBe(hung?.id);
    expect((await lease).claimMs).toBeLessThan(50);
    // Without an answer it goes.
    await world.advance(10_000);
    expect(world.alive.has(hung?.id ?? "")).toBe(false);
    (await lease).release();
    await world.close();
  });
});

describe("a sandbox in doubt", () => {
  it("is not given to who was waiting for its answer when a neighbour gives it up", async () => {
    const world = openWorld({ behaviour: { checkMs: () => 100 } });
    const pool = world.pools.pool({ ...specOf("red"), slots: 2 });
    const first = await pool.lease(ctx, shared);
    await world.advance(1_000);
    const second = pool.lease(ctx, shared);
    await world.advance(50);
    first.release({ discard: true });
    await world.advance(500);
    expect((await second).sandbox.id).not.toBe(first.sandbox.id);
    (await second).release();
    await world.close();
  });

  it("comes back when who was given it has given up at that moment", async () => {
    const world = openWorld({ limits: { max: 1 } });
    const pool = world.pools.pool(specOf("red"));
    const first = await pool.lease(ctx, shared);
    const controller = new AbortController();
    const second = pool.lease(rootContext({ signal: controller.signal }), shared);
    const refused = expect(second).rejects.toMatchObject({ code: "cancelled" });
    first.release();
    controller.abort(new SandlotError("cancelled", { detail: "" }));
    await refused;
    expect(world.pools.admin.list()[0]?.stats).toMatchObject({ leased: 0, waiting: 0 });
    expect((await pool.lease(ctx, shared)).sandbox.id).toBe(first.sandbox.id);
    await world.close();
  });
});

describe("operators", () => {
  it("see pools and sandboxes, and what has become of claims", async () => {
    const world = openWorld({ limits: { idleBuffer: 1 } });
    const red = ask(world, "red", 1);
    await world.advance(10);
    const [pool] = world.pools.admin.list();
    expect(pool).toMatchObject({
      spec: { tenant: "red" },
      state: "open",
      limits: { min: 0, max: 10, idleBuffer: 1 },
      stats: { idle: 1, leased: 1, creating: 0, waiting: 0, created: 2, claims: 1, hits: 0, lost: 0, failed: 0 },
      lastError: null,
    });
    const leased = world.pools.admin.sandboxes().find(({ state }) => state === "leased");
    expect(leased).toMatchObject({ poolId: pool?.id, tenant: "red", users: 1, uses: 1, provider: "simulated" });
    expect(world.pools.admin.sandbox(leased?.id ?? "")).toEqual(leased);
    const unknown = () => world.pools.admin.sandbox("sbx_0");
    expect(unknown).toThrow(expect.objectContaining({ code: "not_found" }));
    world.lose(leased?.id ?? "");
    await flush();
    red.granted[0]?.release();
    expect(world.pools.admin.describe(pool?.id ?? "").stats).toMatchObject({ leased: 0, lost: 1 });
    await world.close();
  });

  it("scale a pool while it runs", async () => {
    const world = openWorld();
    const red = ask(world, "red", 4);
    await world.advance(10);
    const id = world.pools.admin.list()[0]?.id ?? "";
    expect(() => world.pools.admin.scale(id, { min: 11 })).toThrow(
      expect.objectContaining({ code: "invalid_request" }),
    );
    expect(() => world.pools.admin.scale(id, { max: 0 })).toThrow(expect.objectContaining({ code: "invalid_request" }));
    world.pools.admin.scale(id, { max: 1 });
    for (const lease of red.granted) lease.release();
    await world.advance(10);
    expect(world.alive.size).toBe(1);
    world.pools.admin.scale(id, { min: 6, max: 8 });
    await world.advance(100);
    expect(world.alive.size).toBe(6);
    // What an operator has set is not forgotten.
    world.pools.admin.scale(id, { min: 0 });
    await world.advance(600_000, 100);
    expect(world.pools.admin.describe(id)).toMatchObject({ limits: { max: 8 }, stats: { idle: 0 } });
    await world.close();
  });

  it("drain a pool: leases end as they please, those that wait and those to come get another", async () => {
    const world = openWorld({ limits: { max: 1 } });
    const red = ask(world, "red", 2);
    await world.advance(10);
    const id = world.pools.admin.list()[0]?.id ?? "";
    expect(world.pools.admin.drain(id).state).toBe("draining");
    await world.advance(100);
    expect(red.granted).toHaveLength(2);
    expect(red.granted[0]?.sandbox.id).not.toBe(red.granted[1]?.sandbox.id);
    expect(world.pools.admin.list().map(({ state }) => state)).toEqual(["open", "draining"]);
    expect(new Set(world.pools.admin.list().map((pool) => pool.id)).size).toBe(2);
    red.granted[0]?.release();
    await world.advance(10);
    expect(world.pools.admin.list().map(({ state }) => state)).toEqual(["open"]);
    expect(world.alive.size).toBe(1);
    await world.close();
  });

  it("kill a sandbox, and another takes its place", async () => {
    const world = openWorld({ limits: { min: 1 } });
    ask(world, "red", 1);
    await world.advance(10);
    const [sandbox] = world.pools.admin.sandboxes();
    await world.pools.admin.kill(sandbox?.id ?? "");
    await world.advance(10);
    expect(world.alive.has(sandbox?.id ?? "")).toBe(false);
    expect(world.alive.size).toBe(1);
    await expect(world.pools.admin.kill(sandbox?.id ?? "")).rejects.toMatchObject({ code: "not_found" });
    await world.close();
  });
});
