import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { Reaper, type SandboxOwner, type SandboxProvider } from "../../src/sandbox/index.ts";
import { ctx, openNeighbour, openProvider, specOf } from "../support/sandboxes.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function reaperOf(
  provider: SandboxProvider,
  owner: SandboxOwner,
  more: { known?: string[]; alone?: boolean } = {},
): Reaper {
  const { known = [], alone = false } = more;
  return new Reaper({ provider, owner, known: () => known, alone, clock: systemClock, logger: silentLogger });
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
    const reaper = reaperOf(first.provider, first.owner, { known: [mine.id] });
    expect([await reaper.round(), await reaper.round()]).toEqual([0, 0]);
    expect(await idsOf(first.provider)).toEqual([mine.id, theirs.id].sort());
    expect(await idsOf(stranger.provider)).toEqual([foreign.id]);
    await Promise.all([
      first.provider.remove(ctx, mine.id),
      second.provider.remove(ctx, theirs.id),
      stranger.provider.remove(ctx, foreign.id),
    ]);
  });

  it("removes its own that no pool knows, but only when they are still unknown in the next round", async () => {
    const { provider, owner, close } = await openProvider("docker");
    closers.push(close);
    const lost = await provider.create(ctx, specOf());
    const reaper = reaperOf(provider, owner);
    expect(await reaper.round()).toBe(0);
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
