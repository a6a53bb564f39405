import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { silentLogger } from "../../src/core/logger.ts";
import {
  DEFAULT_POOL_LIMITS,
  Reaper,
  type SandboxOwner,
  SandboxPools,
  type SandboxProvider,
} from "../../src/sandbox/index.ts";
import { ctx, LIMITS, openNeighbour, openProvider, specOf, text } from "../support/sandboxes.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function reaperOf(
  provider: SandboxProvider,
  owner: SandboxOwner,
  more: { known?: () => string[]; alone?: boolean; makingMs?: number } = {},
): Reaper {
  return new Reaper({
    provider,
    owner,
    known: () => [],
    alone: false,
    ...more,
    clock: systemClock,
    logger: silentLogger,
  });
}

const idsOf = async (provider: SandboxProvider) => (await provider.list(ctx)).map(({ id }) => id).sort();

describe("the reaper on one engine with several servers", () => {
  it("leaves alone what another living server of the installation holds, and what belongs to others", async () => {
    const first = await openProvider("docker");
    const second = openNeighbour(first.owner);
    const stranger = await openProvider("docker");
    closers.push(first.close, () => second.provider.close(), stranger.close);
    const [mine, theirs, foreign] = [
      await first.provider.create(ctx, specOf()),
      await second.provider.create(ctx, specOf()),
      await stranger.provider.create(ctx, specOf()),
    ];
    const reaper = reaperOf(first.provider, first.owner, { known: () => [mine.id] });
    expect([await reaper.round(), await reaper.round()]).toEqual([0, 0]);
    expect(await idsOf(first.provider)).toEqual([mine.id, theirs.id].sort());
    expect(await idsOf(stranger.provider)).toEqual([foreign.id]);
    await Promise.all([
      first.provider.remove(ctx, mine.id),
      second.provider.remove(ctx, theirs.id),
      stranger.provider.remove(ctx, foreign.id),
    ]);
  });

  it("removes its own that no pool knows when it has known of them for longer than making one takes", async () => {
    const { provider, owner, close } = await openProvider("docker");
    closers.push(close);
    const lost = await provider.create(ctx, specOf());
    const reaper = reaperOf(provider, owner, { makingMs: 300 });
    expect([await reaper.round(), await reaper.round()]).toEqual([0, 0]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await reaper.round()).toBe(1);
    expect(await lost.ended).toMatchObject({ cause: "closed" });
    expect(await idsOf(provider)).toEqual([]);
  });

  it("removes everything that is not its own when it has the installation to itself", async () => {
    const first = await openProvider("docker");
    const second = openNeighbour(first.owner);
    closers.push(first.close, () => second.provider.close());
    await second.provider.create(ctx, specOf());
    expect(await reaperOf(first.provider, first.owner, { alone: true }).round()).toBe(1);
    expect(await idsOf(first.provider)).toEqual([]);
  });

  it("removes the others when one cannot be removed, and tries that again", async () => {
    const first = await openProvider("docker");
    const second = openNeighbour(first.owner);
    closers.push(first.close, () => second.provider.close());
    const [stuck] = [await second.provider.create(ctx, specOf()), await second.provider.create(ctx, specOf())];
    let isStuck = true;
    const provider: SandboxProvider = {
      name: "docker",
      probe: () => first.provider.probe(ctx),
      create: (...args) => first.provider.create(...args),
      list: (context) => first.provider.list(context),
      remove: (context, id) =>
        isStuck && id === stuck.id ? Promise.reject(new Error("device busy")) : first.provider.remove(context, id),
    };
    const reaper = reaperOf(provider, first.owner, { alone: true });
    expect(await reaper.round()).toBe(1);
    isStuck = false;
    expect(await reaper.round()).toBe(1);
    expect(await idsOf(first.provider)).toEqual([]);
  });

  it("does nothing to the pools of two servers that make and remove sandboxes all the time", async () => {
    const first = await openProvider("docker");
    const second = openNeighbour(first.owner);
    closers.push(first.close, () => second.provider.close());
    const servers = [first, second].map(({ provider, owner }) => {
      const limits = { ...DEFAULT_POOL_LIMITS, max: 2 };
      const pools = new SandboxPools({ provider, limits, clock: systemClock, logger: silentLogger });
      return { pools, reaper: reaperOf(provider, owner, { known: () => pools.sandboxIds }) };
    });
    const program = { interpreter: "python", source: "print('well')" } as const;
    const work = async ({ pools, reaper }: (typeof servers)[number]) => {
      const pool = pools.pool(specOf());
      for (let i = 0; i < 6; i++) {
        const lease = await pool.lease(ctx, { exclusive: i % 2 === 0 });
        await reaper.round();
        expect(text((await lease.sandbox.run(ctx, { program, limits: LIMITS })).stdout)).toBe("well\n");
        lease.release();
        await reaper.round();
      }
      expect(pools.admin.list()[0]?.stats).toMatchObject({ lost: 0 });
    };
    await Promise.all(servers.map(work));
    await Promise.all(servers.map(({ pools }) => pools.close()));
    expect(await idsOf(first.provider)).toEqual([]);
  });

  it("has nothing to do after kill -9: the agents end themselves", async () => {
    const script = new URL("../support/sandbox-owner-process.ts", import.meta.url).pathname;
    const owner = spawn(process.execPath, ["--import", "tsx", script], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(owner.stdout, "data")) as [Buffer];
    const { installation } = JSON.parse(String(line)) as { installation: string };
    const count = () =>
      execFileSync("docker", ["ps", "-aq", "--filter", `label=sandlot.installation=${installation}`])
        .toString()
        .split("\n")
        .filter(Boolean).length;
    expect(count()).toBe(2);
    owner.kill("SIGKILL");
    await once(owner, "exit");
    for (let tries = 0; count() > 0 && tries < 200; tries++) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(count()).toBe(0);
  });
});
