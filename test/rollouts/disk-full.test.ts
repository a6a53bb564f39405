import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, onTestFinished } from "vitest";
import { startServer } from "../../src/compose/server.ts";
import { loadConfig } from "../../src/config/index.ts";
import { createClient } from "../../src/client/index.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { replayOf } from "../support/platform.ts";
import { squareTasks } from "../support/rows.ts";
import { noSmallDisk, smallDisk } from "../support/small-disk.ts";

const MIB = 1024 ** 2;
const TASKS = 24;
const CONCURRENCY = 6;
const missing = noSmallDisk();

test.skipIf(missing)(
  `a disk that fills up in the middle of a job loses nothing and records nothing false${missing ? ` (${missing})` : ""}`,
  async () => {
    const disk = smallDisk(8 * MIB);
    onTestFinished(() => disk.unmount());
    const dataDir = await mkdtemp(join(tmpdir(), "sandlot-test-"));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const tasks = squareTasks(TASKS, 0.1);
    const model = await replayOf(tasks, 200);
    onTestFinished(() => model.stop());
    const flag = (path: string, value: unknown) => ({ path: path.split("."), value, flag: `--${path}` });
    const { config } = loadConfig({
      env: {},
      workingDirectory: dataDir,
      flags: [
        flag("data_dir", join(dataDir, "data")),
        flag("server.port", 0),
        flag("storage.segments_dir", disk.path),
        flag("storage.min_free_bytes", MIB),
        flag("sandbox.provider", "local"),
        flag("models.default.url", model.url),
        flag("models.default.model", "replay"),
        flag("models.default.replay", true),
        flag("models.default.api", "responses"),
        flag("worker.concurrency", CONCURRENCY),
        // Renewals come while results wait.
        flag("worker.lease_seconds", 2),
      ],
    });
    const server = await startServer({ config, logger: silentLogger });
    onTestFinished(() => server.close(1_000));
    const client = createClient({ url: server.url });
    onTestFinished(() => client.close());
    const submission = { environment: "code_gen", tasks: { rows: tasks.map(({ row }) => row.value) } };
    const { id } = await client.submitJob(submission);
    const tally = async () => (await client.getJob(id)).tally;
    await expect.poll(async () => (await tally()).scored, { timeout: 60_000 }).toBeGreaterThan(2);

    disk.fill();
    const ready = async () => (await fetch(`${server.url}/readyz`)).status;
    await expect.poll(ready, { timeout: 5_000 }).toBe(503);
    expect(await (await fetch(`${server.url}/readyz`)).text()).toContain("storage full");
    const refused = await fetch(`${server.url}/api/v1/jobs`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(submission),
    });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([507, "30"]);
    expect(((await refused.json()) as { error: unknown }).error).toMatchObject({
      code: "storage_full",
      retry: "backoff",
    });

    expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(/^storage_full 1$/m);

    // What was in flight waits in its place; longer than the lease.
    const during = await tally();
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const later = await tally();
    expect(later.scored - during.scored).toBeLessThanOrEqual(CONCURRENCY);
    expect(later.queued).toBe(during.queued);
    expect(later.running).toBeGreaterThan(0);
    expect(later.masked).toBe(0);

    disk.drain();
    const rollouts = [];
    for await (const event of client.jobEvents(id)) if (event.type === "rollout") rollouts.push(event.rollout);
    expect(rollouts.map(({ sequence }) => sequence)).toEqual(tasks.map((_, i) => i + 1));
    for (const rollout of rollouts) {
      expect(rollout).toMatchObject({ outcome: "scored", reward: tasks[rollout.task_index]?.reward, attempts: 1 });
      expect((await client.getRollout(rollout.id)).trajectory?.calls).toHaveLength(1);
    }
    expect(await ready()).toBe(200);
  },
);
