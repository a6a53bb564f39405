import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { silentLogger } from "../../src/core/logger.ts";
import {
  DEFAULT_POOL_LIMITS,
  type PoolLimits,
  type SandboxLease,
  SandboxPools,
  type SandboxSpec,
} from "../../src/sandbox/index.ts";
import { agentPid, containersOf, docker } from "../support/engine.ts";
import { ctx, LIMITS, openProvider, specOf, type TestProvider, text } from "../support/sandboxes.ts";

const SPEC: SandboxSpec = { ...specOf("B"), slots: 2 };
const shared = { exclusive: false };
const exclusive = { exclusive: true };
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("a pool of containers", () => {
  let opened: TestProvider;
  const open: SandboxPools[] = [];

  beforeAll(async () => {
    opened = await openProvider("docker");
  });
  afterEach(async () => {
    for (const pools of open.splice(0)) await pools.close();
    expect(await containersOf(opened.owner.installation)).toEqual([]);
  });
  afterAll(() => opened.close());

  function poolsOf(limits: Partial<PoolLimits>): SandboxPools {
    const pools = new SandboxPools({
      provider: opened.provider,
      limits: { ...DEFAULT_POOL_LIMITS, ...limits },
      clock: systemClock,
      logger: silentLogger,
    });
    open.push(pools);
    return pools;
  }

  async function ready(pools: SandboxPools, count: number): Promise<string[]> {
    for (let tries = 0; tries < 200; tries++) {
      const idle = pools.admin.sandboxes().filter(({ state }) => state === "idle");
      if (idle.length >= count) return idle.map(({ id }) => id);
      await sleep(50);
    }
    throw new Error("the sandboxes were not made in time");
  }

  async function runs(lease: SandboxLease): Promise<string> {
    const program = { interpreter: "python", source: "print('well')" } as const;
    return text((await lease.sandbox.run(ctx, { program, limits: LIMITS })).stdout);
  }

  it("never hands out what was killed while it was idle", async () => {
    const pools = poolsOf({ min: 2, max: 3, idleBuffer: 0 });
    const pool = pools.pool(SPEC);
    (await pool.lease(ctx, shared)).release();
    const [first = ""] = await ready(pools, 2);
    // Longer than a sandbox is believed to be well without being asked.
    await sleep(400);
    await docker(["kill", first]);
    const leases = await Promise.all([pool.lease(ctx, shared), pool.lease(ctx, shared), pool.lease(ctx, shared)]);
    for (const lease of leases) {
      expect(lease.sandbox.id).not.toBe(first);
      expect(await runs(lease)).toBe("well\n");
      lease.release();
    }
    await ready(pools, 2);
    expect(pools.admin.list()[0]?.stats).toMatchObject({ lost: 1 });
  });

  it("passes over one whose agent is stopped, and replaces it", async () => {
    const pools = poolsOf({ min: 2, max: 3, idleBuffer: 0 });
    const pool = pools.pool(SPEC);
    const used = await pool.lease(ctx, shared);
    used.release();
    await ready(pools, 2);
    const pid = await agentPid(used.sandbox.id);
    process.kill(pid, "SIGSTOP");
    await sleep(400);
    // Shared leases take the used one first.
    const lease = await pool.lease(ctx, shared);
    expect(lease.sandbox.id).not.toBe(used.sandbox.id);
    expect(await runs(lease)).toBe("well\n");
    lease.release();
    await used.sandbox.ended;
    expect(await ready(pools, 2)).not.toContain(used.sandbox.id);
  });

  it("gives 64 claims at once two slots each of four sandboxes, and loses none", async () => {
    const pools = poolsOf({ max: 4, idleBuffer: 0 });
    const pool = pools.pool(SPEC);
    const users = new Map<string, number>();
    let most = 0;
    const work = async () => {
      const lease = await pool.lease(ctx, shared);
      const { id } = lease.sandbox;
      users.set(id, (users.get(id) ?? 0) + 1);
      most = Math.max(most, users.get(id) ?? 0);
      const output = await runs(lease);
      users.set(id, (users.get(id) ?? 0) - 1);
      lease.release();
      return output;
    };
    const outputs = await Promise.all(Array.from({ length: 64 }, work));
    expect(outputs).toEqual(Array.from({ length: 64 }, () => "well\n"));
    expect(most).toBe(2);
    expect(users.size).toBeLessThanOrEqual(4);
    const { stats } = pools.admin.list()[0] ?? {};
    expect(stats).toMatchObject({ claims: 64, leased: 0, waiting: 0, failed: 0 });
    expect(stats?.created).toBeLessThanOrEqual(4);
  });

  it("removes a sandbox that was leased whole, and shares none between tenants or other limits", async () => {
    const pools = poolsOf({ max: 2, idleBuffer: 0 });
    const own = await pools.pool(SPEC).lease(ctx, exclusive);
    expect(await runs(own)).toBe("well\n");
    const others = await Promise.all(
      [
        { ...SPEC, tenant: "blue" },
        { ...SPEC, processes: SPEC.processes + 1 },
      ].map((spec) => pools.pool(spec).lease(ctx, shared)),
    );
    expect(new Set([own, ...others].map(({ sandbox }) => sandbox.id)).size).toBe(3);
    own.release();
    expect(await own.sandbox.ended).toMatchObject({ cause: "closed" });
    for (const lease of others) lease.release();
  });

  it("ends a sandbox that an operator kills, so that its runs are repeated elsewhere", async () => {
    const pools = poolsOf({ max: 2, idleBuffer: 0 });
    const lease = await pools.pool(SPEC).lease(ctx, shared);
    const program = { interpreter: "python", source: "import time; time.sleep(60)" } as const;
    const running = lease.sandbox.run(ctx, { program, limits: { ...LIMITS, wallMs: 60_000 } });
    const told = expect(running).rejects.toMatchObject({ code: "sandbox_lost", context: { cause: "closed" } });
    await pools.admin.kill(lease.sandbox.id);
    await told;
    lease.release({ discard: true });
    expect(await runs(await pools.pool(SPEC).lease(ctx, shared))).toBe("well\n");
  });
});
