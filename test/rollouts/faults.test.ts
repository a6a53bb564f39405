import { kill } from "node:process";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Rollout } from "../../src/contract/rollouts.ts";
import { imageReference } from "../../src/sandbox/images/index.ts";
import { startReplayModel } from "../../src/models/index.ts";
import { promptOf } from "../../src/resources/check/index.ts";
import { agentPid, containersOf, docker, openEngine } from "../support/engine.ts";
import { allRollouts, ctx, openPlatform, replayOf, submit } from "../support/platform.ts";
import { squareTasks } from "../support/rows.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

type Platform = Awaited<ReturnType<typeof openPlatform>>;

/** Submits the tasks, makes trouble, waits for the end. */
async function playThrough(
  platform: Platform,
  tasks: ReturnType<typeof squareTasks>,
  trouble: (jobId: string) => Promise<void>,
) {
  const rows = tasks.map(({ row }) => row.value);
  const { job } = await submit(platform, { environment: "code_gen", tasks: { rows } });
  const troubled = trouble(job.id);
  for await (const event of platform.jobs.events(ctx, job.id, 0)) if (event.type === "end") break;
  await troubled;
  return allRollouts(platform, job.id);
}

/** Every rollout accounted for, no reward that the answer does not deserve, nearly all scored. */
function expectHonest(rollouts: Rollout[], tasks: ReturnType<typeof squareTasks>) {
  expect(rollouts.map((r) => r.task_index).sort((a, b) => a - b)).toEqual(tasks.map((_, i) => i));
  expect(rollouts.map((r) => r.sequence)).toEqual(tasks.map((_, i) => i + 1));
  for (const rollout of rollouts) {
    const deserved = tasks[rollout.task_index]?.reward;
    if (rollout.outcome === "scored") expect(rollout.reward, rollout.task_id).toBe(deserved);
    else expect(rollout).toMatchObject({ reward: null, masked: true });
  }
  const scored = rollouts.filter((r) => r.outcome === "scored").length;
  expect(scored / rollouts.length).toBeGreaterThanOrEqual(0.95);
}

describe("faults on the way of a rollout", () => {
  it("containers killed in the middle of runs cost nobody a reward", async () => {
    const tasks = squareTasks(40, 0.2);
    const model = await replayOf(tasks);
    cleanups.push(() => model.stop());
    const platform = await openPlatform({ provider: "docker", modelUrl: model.url });
    cleanups.push(() => platform.dispose());
    const { installation } = platform.store;
    let killed = 0;
    const rollouts = await playThrough(platform, tasks, async () => {
      for (let round = 0; round < 4; round++) {
        await pause(700);
        for (const name of await containersOf(installation)) {
          await docker(["kill", name]).then(
            () => killed++,
            () => undefined,
          );
        }
      }
    });
    expect(killed).toBeGreaterThan(0);
    expectHonest(rollouts, tasks);
    await platform.close(1000);
    expect(await containersOf(installation)).toEqual([]);
  });

  it("agents killed from outside cost nobody a reward", async () => {
    const tasks = squareTasks(40, 0.2);
    const model = await replayOf(tasks);
    cleanups.push(() => model.stop());
    const platform = await openPlatform({ provider: "docker", modelUrl: model.url });
    cleanups.push(() => platform.dispose());
    const { installation } = platform.store;
    let killed = 0;
    const rollouts = await playThrough(platform, tasks, async () => {
      for (let round = 0; round < 3; round++) {
        await pause(900);
        const [name] = await containersOf(installation);
        const pid = name ? await agentPid(name).catch(() => 0) : 0;
        if (pid > 1) {
          kill(pid, "SIGKILL");
          killed++;
        }
      }
    });
    expect(killed).toBeGreaterThan(0);
    expectHonest(rollouts, tasks);
  });

  it("an agent that is stopped, not dead, is given up and replaced", async () => {
    const tasks = squareTasks(6, 0.2);
    const model = await replayOf(tasks);
    cleanups.push(() => model.stop());
    const platform = await openPlatform({ provider: "docker", modelUrl: model.url, poolMax: 1, concurrency: 2 });
    cleanups.push(() => platform.dispose());
    const rollouts = await playThrough(platform, tasks, async () => {
      for (let tries = 0; tries < 100; tries++) {
        const [name] = await containersOf(platform.store.installation);
        const pid = name ? await agentPid(name).catch(() => 0) : 0;
        if (pid > 1) return void kill(pid, "SIGSTOP");
        await pause(50);
      }
    });
    expectHonest(rollouts, tasks);
  });

  it("a model endpoint that dies and comes back costs nobody a reward", async () => {
    const tasks = squareTasks(40, 0);
    const recordings = tasks.map(({ row, answers }) => ({ prompt: promptOf(row), answers }));
    const first = await startReplayModel({ recordings, delayMs: 100 });
    const platform = await openPlatform({ provider: "local", modelUrl: first.url, concurrency: 4 });
    cleanups.push(() => platform.dispose());
    const rollouts = await playThrough(platform, tasks, async (jobId) => {
      while ((await allRollouts(platform, jobId)).length === 0) await pause(50);
      await first.stop();
      await pause(2_500);
      const second = await startReplayModel({ recordings, port: Number(new URL(first.url).port) });
      cleanups.push(() => second.stop());
    });
    expectHonest(rollouts, tasks);
    expect(rollouts.some((r) => r.attempts > 1)).toBe(true);
  });

  it("an engine that is stopped in the middle of a job and started again costs nobody a reward", async () => {
    const images = await Promise.all(
      [
        ["agent", "toolbox"],
        ["python", "python"],
      ].map(([folder = "", name = ""]) => imageReference(join(import.meta.dirname, "../../sandboxes", folder), name)),
    );
    const engine = await openEngine(images);
    cleanups.push(() => engine.dispose());
    const tasks = squareTasks(40, 0.2);
    const model = await replayOf(tasks);
    cleanups.push(() => model.stop());
    const platform = await openPlatform({ provider: "docker", modelUrl: model.url, dockerSocket: engine.socket });
    cleanups.push(() => platform.dispose());
    const rollouts = await playThrough(platform, tasks, async () => {
      await pause(2_500);
      await engine.stop();
      await pause(3_000);
      await engine.start();
    });
    expectHonest(rollouts, tasks);
    await platform.close(1000);
    expect(await containersOf(platform.store.installation, engine.socket)).toEqual([]);
  });
});
