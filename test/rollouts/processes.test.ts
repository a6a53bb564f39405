import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { Rollout } from "../../src/contract/rollouts.ts";
import { newId } from "../../src/core/ids.ts";
import { containersOf } from "../support/engine.ts";
import { replayOf } from "../support/platform.ts";
import { squareTasks } from "../support/rows.ts";
import { eventually, finished, openProcesses, type Processes } from "./support/processes.ts";

const API_ONLY = { "worker.enabled": false };
/** Short, so that the loss of a worker is soon seen. */
const LEASE = { "worker.lease_seconds": 2 };
const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Processes around a model that answers tasks of code_gen after `delayMs`. */
async function around(tasks: ReturnType<typeof squareTasks>, delayMs = 0): Promise<Processes> {
  const model = await replayOf(tasks, delayMs);
  cleanups.push(() => model.stop());
  const processes = await openProcesses(model.url);
  cleanups.push(() => processes.close());
  return processes;
}

const jobOf = (tasks: ReturnType<typeof squareTasks>) => ({
  environment: "code_gen",
  tasks: { rows: tasks.map(({ row }) => row.value) },
});

/** Every task once, in sequence, with its true reward. */
function expectAll(rollouts: readonly Rollout[], tasks: ReturnType<typeof squareTasks>): void {
  expect(rollouts.map((rollout) => rollout.sequence)).toEqual(tasks.map((_, i) => i + 1));
  expect(rollouts.map((rollout) => rollout.task_index).sort((a, b) => a - b)).toEqual(tasks.map((_, i) => i));
  for (const { task_index, outcome, reward } of rollouts) {
    expect({ outcome, reward }).toEqual({ outcome: "scored", reward: tasks[task_index]?.reward });
  }
}

async function workersOf(processes: Processes): Promise<unknown[]> {
  return (await processes.query("select distinct worker from attempts order by worker")).map(({ worker }) => worker);
}

describe("several processes over one database", () => {
  it("share a job: two servers without sandboxes take and tell it, two workers play it", async () => {
    const tasks = squareTasks(40, 0.1);
    const processes = await around(tasks);
    const first = await processes.serve(API_ONLY);
    const second = await processes.serve(API_ONLY);
    for (let i = 0; i < 2; i++) await processes.worker({ "worker.concurrency": 2, "worker.health_port": 0 });
    const { id } = await first.client.submitJob(jobOf(tasks));
    expectAll(await finished(second.client, id), tasks);
    expect(await workersOf(processes)).toHaveLength(2);
    // What a worker has recorded, a server that was not there then reads.
    const [rollout] = await finished(first.client, id);
    const record = await second.client.getRollout(rollout?.id ?? "");
    expect(record.trajectory?.calls).toHaveLength(1);
  });

  it("hear of each other at once: of work, of a cancellation, of an end", async () => {
    const tasks = squareTasks(1, 0);
    const processes = await around(tasks, 30_000);
    const first = await processes.serve(API_ONLY);
    const second = await processes.serve(API_ONLY);
    await processes.worker({ "worker.lease_seconds": 600 });
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      const startedAt = performance.now();
      const { id } = await first.client.submitJob(jobOf(tasks));
      await eventually("it runs", 5_000, async () => (await second.client.getJob(id)).tally.running === 1);
      await second.client.cancelJob(id);
      const rollouts = await finished(first.client, id);
      expect(rollouts.map(({ outcome }) => outcome)).toEqual(["cancelled"]);
      times.push(performance.now() - startedAt);
    }
    // Each of the three news would come up to a second late by looking, and the cancellation with the lease only.
    expect(times.toSorted((a, b) => a - b)[2]).toBeLessThan(1_000);
  });

  it("a server without sandboxes never opens the engine's socket", async () => {
    const socket = join(tmpdir(), `${newId("server")}.sock`);
    let connections = 0;
    const engine = createServer((connection) => {
      connections++;
      connection.destroy();
    });
    await new Promise<void>((resolve) => engine.listen(socket, resolve));
    cleanups.push(() => new Promise((resolve) => engine.close(resolve)));
    cleanups.push(() => rm(socket, { force: true }));
    const tasks = squareTasks(2, 0);
    const processes = await around(tasks);
    const docker = { "sandbox.provider": "docker", "sandbox.docker.socket": socket };
    const server = await processes.serve({ ...API_ONLY, ...docker });
    expect(server.said["provider"]).toBeNull();
    const { id } = await server.client.submitJob(jobOf(tasks));
    await server.client.getJob(id);
    await expect(server.client.verify({ environment: "code_gen", items: [] })).rejects.toThrow();
    expect((await server.client.cancelJob(id)).state).toBe("cancelled");
    expect(await server.end("SIGTERM")).toBe(0);
    expect(connections).toBe(0);
    // The same socket is opened by one that has the role `worker`.
    await expect(processes.worker(docker)).rejects.toThrow(/docker/);
    expect(connections).toBeGreaterThan(0);
  });
});

describe("a worker that goes away", () => {
  it("by kill -9 loses its leases and its sandboxes, and nothing else", async () => {
    const tasks = squareTasks(24, 0.4);
    const processes = await around(tasks);
    const { client } = await processes.serve(API_ONLY);
    const docker = { ...LEASE, "sandbox.provider": "docker", "sandbox.pool.max": 1 };
    const dead = await processes.worker(docker);
    const [{ value: installation = "" } = {}] = await processes.query(
      "select value from meta where key = 'installation'",
    );
    const { id } = await client.submitJob(jobOf(tasks));
    await eventually("some are done", 60_000, async () => (await client.getJob(id)).tally.scored >= 4);
    const theirs = await containersOf(String(installation));
    expect(theirs).not.toEqual([]);
    await dead.end("SIGKILL");
    await processes.worker(docker);
    expectAll(await finished(client, id), tasks);
    const [lost, heir] = await workersOf(processes);
    expect(heir).not.toBe(lost);
    await eventually("its sandboxes are gone", 30_000, async () => {
      const left = await containersOf(String(installation));
      return theirs.every((name) => !left.includes(name));
    });
  });

  it("by SIGSTOP for longer than its lease comes back harmlessly: its late results are refused", async () => {
    const tasks = squareTasks(16, 0.3);
    const processes = await around(tasks);
    const { client } = await processes.serve(API_ONLY);
    const paused = await processes.worker({ ...LEASE, "worker.concurrency": 4 });
    const { id } = await client.submitJob(jobOf(tasks));
    await eventually("it plays", 30_000, async () => (await client.getJob(id)).tally.running === 4);
    paused.process.kill("SIGSTOP");
    const other = await processes.worker({ ...LEASE, "worker.concurrency": 4 });
    const rollouts = await finished(client, id);
    expectAll(rollouts, tasks);
    paused.process.kill("SIGCONT");
    // Time for its late results to arrive and be refused.
    await pause(1_500);
    expect(await finished(client, id)).toEqual(rollouts);
    // It is none the worse for it.
    await other.end("SIGTERM");
    const again = await client.submitJob(jobOf(tasks));
    expectAll(await finished(client, again.id), tasks);
    expect(await workersOf(processes)).toHaveLength(2);
  });

  it("by SIGTERM hands back at once what does not end within the grace, and those attempts do not count", async () => {
    const tasks = squareTasks(6, 0);
    const processes = await around(tasks, 3_000);
    const { client } = await processes.serve(API_ONLY);
    const first = await processes.worker({ "worker.lease_seconds": 600, "server.shutdown_grace_seconds": 0.3 });
    const { id } = await client.submitJob(jobOf(tasks));
    await eventually("it plays", 30_000, async () => (await client.getJob(id)).tally.running === 6);
    const startedAt = performance.now();
    expect(await first.end("SIGTERM")).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    expect((await client.getJob(id)).tally).toMatchObject({ queued: 6, running: 0 });
    await processes.worker();
    const rollouts = await finished(client, id);
    expectAll(rollouts, tasks);
    expect(rollouts.map(({ attempts }) => attempts)).toEqual(tasks.map(() => 1));
  });

  it("at a second signal ends at once, and its leases run out", async () => {
    const tasks = squareTasks(3, 0);
    const processes = await around(tasks, 4_000);
    const { client } = await processes.serve(API_ONLY);
    const first = await processes.worker({ ...LEASE, "server.shutdown_grace_seconds": 60 });
    const { id } = await client.submitJob(jobOf(tasks));
    await eventually("it plays", 30_000, async () => (await client.getJob(id)).tally.running === 3);
    first.process.kill("SIGTERM");
    await eventually("it stops", 5_000, () => first.log().includes("stopping"));
    expect(await first.end("SIGTERM")).toBe(130);
    await processes.worker(LEASE);
    expectAll(await finished(client, id), tasks);
  });
});

it("a worker without a database of its own servers is refused, and says what is missing", async () => {
  const processes = await around(squareTasks(1, 0));
  await expect(processes.worker({ "database.url": "" })).rejects.toThrow(/database\.url/);
});

it("a worker's probes say that it is ready, and its metrics are for admins", async () => {
  const processes = await around(squareTasks(1, 0));
  const worker = await processes.worker({ "worker.health_port": 0 });
  const get = async (path: string) => {
    const answer = await fetch(`${String(worker.said["health_url"])}${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  expect(await get("/healthz")).toEqual({ status: 200, text: '{"status":"ok"}' });
  const ready = await get("/readyz");
  expect([ready.status, JSON.parse(ready.text)]).toEqual([
    200,
    { status: "ready", checks: { database: "ok", storage: "ok" } },
  ]);
  const metrics = await get("/metrics");
  expect(metrics.status).toBe(200);
  expect(metrics.text).toContain("nodejs_eventloop_lag");
  expect(await get("/api/v1/jobs")).toMatchObject({ status: 404 });
});
