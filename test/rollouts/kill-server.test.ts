import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Client, createClient } from "../../src/client/index.ts";
import type { Rollout } from "../../src/contract/rollouts.ts";
import { containersOf } from "../support/engine.ts";
import { replayOf } from "../support/platform.ts";
import { squareTasks } from "../support/rows.ts";

const SANDLOT = join(import.meta.dirname, "../../bin/sandlot.js");
const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

interface Served {
  readonly process: ChildProcess;
  readonly client: Client;
}

/** The built program's `serve` in a process of its own. */
async function serve(dataDir: string, modelUrl: string, provider: string): Promise<Served> {
  const flags = [
    "--port",
    "0",
    "--data-dir",
    dataDir,
    "--provider",
    provider,
    "--model-url",
    modelUrl,
    "--model",
    "replay",
    "--json",
  ];
  const child = spawn(process.execPath, [SANDLOT, "serve", ...flags], {
    cwd: dataDir,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (data) => (stderr += String(data)));
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (data) => resolve(String(data)));
    child.once("exit", (code) => reject(new Error(`serve ended with ${code}: ${stderr}`)));
  });
  const { url } = JSON.parse((await ready).split("\n")[0] ?? "") as { url: string };
  const client = createClient({ url });
  cleanups.push(() => client.close());
  cleanups.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  });
  return { process: child, client };
}

async function finished(client: Client, jobId: string): Promise<Rollout[]> {
  const rollouts: Rollout[] = [];
  for await (const event of client.jobEvents(jobId)) {
    if (event.type === "rollout") rollouts.push(event.rollout);
    if (event.type === "end") break;
  }
  return rollouts;
}

/** Command lines of every process of this machine that mention `text`. */
async function processesWith(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (line.includes(text)) found.push(line.replaceAll("\0", " "));
  }
  return found;
}

describe("kill -9 of the server in the middle of a job", () => {
  it.each(["local", "docker"])("loses nothing and doubles nothing (%s)", async (provider) => {
    const dataDir = await mkdtemp(join(tmpdir(), "sandlot-kill-"));
    cleanups.push(() => rm(dataDir, { recursive: true, force: true }));
    const tasks = squareTasks(60, 0.1);
    const model = await replayOf(tasks);
    cleanups.push(() => model.stop());

    let served = await serve(dataDir, model.url, provider);
    const rows = tasks.map(({ row }) => row.value);
    const { id } = await served.client.submitJob(
      { environment: "code_gen", tasks: { rows } },
      { idempotencyKey: "once" },
    );
    const seen = new Map<number, string>();
    for (let round = 0; round < 3; round++) {
      // What the API has reported as finished must still be there after the next start.
      for await (const event of served.client.jobEvents(id)) {
        if (event.type !== "rollout") continue;
        seen.set(event.rollout.sequence ?? 0, JSON.stringify(event.rollout));
        if (seen.size >= 12 * (round + 1)) break;
      }
      served.process.kill("SIGKILL");
      await once(served.process, "exit");
      served = await serve(dataDir, model.url, provider);
    }
    const again = await served.client.submitJob(
      { environment: "code_gen", tasks: { rows } },
      { idempotencyKey: "once" },
    );
    expect(again.id).toBe(id);

    const rollouts = await finished(served.client, id);
    expect(rollouts.map((r) => r.sequence)).toEqual(tasks.map((_, i) => i + 1));
    expect(rollouts.map((r) => r.task_index).sort((a, b) => a - b)).toEqual(tasks.map((_, i) => i));
    for (const rollout of rollouts) {
      expect(rollout).toMatchObject({ outcome: "scored", reward: tasks[rollout.task_index]?.reward });
      const before = seen.get(rollout.sequence ?? 0);
      if (before) expect(JSON.stringify(rollout)).toBe(before);
    }
    const { tally } = await served.client.getJob(id);
    expect(tally).toMatchObject({ requested: 60, queued: 0, running: 0, scored: 60, truncated: 0, masked: 0 });

    served.process.kill("SIGTERM");
    const [code] = (await once(served.process, "exit")) as [number];
    expect(code).toBe(0);
    expect(await processesWith(dataDir)).toEqual([]);
    if (provider === "docker") expect(await containersOf(await installationOf(dataDir, model.url))).toEqual([]);
  });
});

/** The installation's id, asked of the database itself. */
async function installationOf(dataDir: string, modelUrl: string): Promise<string> {
  const { openPlatform } = await import("../support/platform.ts");
  const platform = await openPlatform({ provider: "local", modelUrl, dataDir });
  const { installation } = platform.store;
  await platform.close(0);
  return installation;
}
