import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Platform } from "../../src/compose/platform.ts";
import { claimOne, newJob } from "../store/support.ts";
import { ctx, openPlatform } from "../support/platform.ts";
import { eventually } from "./support/processes.ts";

/** A process that plays nothing, over jobs whose workers are gone. */
describe("a process without a worker", () => {
  let platform: Platform & { dispose(): Promise<void> };
  beforeAll(async () => {
    platform = await openPlatform({
      provider: "local",
      modelUrl: "http://127.0.0.1:1",
      leaseSeconds: 5,
      settings: { "worker.enabled": false },
    });
  });
  afterAll(() => platform.dispose());

  const create = async (shape: Parameters<typeof newJob>[0]) =>
    (await platform.store.jobs.create(ctx, newJob(shape))).job.id;
  const jobOf = async (id: string) => {
    const job = await platform.store.jobs.get(ctx, id);
    if (!job) throw new Error("the job is gone");
    return job;
  };
  const ended = (id: string, ms: number) =>
    eventually("the job ends", ms, async () => (await jobOf(id)).endedAt !== null);

  it("ends a cancelled job when its grace is over", async () => {
    const id = await create({});
    await claimOne(platform.store, "dead");
    expect(await platform.jobs.cancel(ctx, id, 300)).toMatchObject({ state: "cancelling" });
    await ended(id, 10_000);
    expect(await jobOf(id)).toMatchObject({ state: "cancelled", tally: { outcomes: { cancelled: 1 } } });
  });

  it("ends a job at its deadline", async () => {
    const id = await create({ deadline: new Date(Date.now() + 300) });
    await ended(id, 10_000);
    expect((await jobOf(id)).tally).toMatchObject({ outcomes: { timed_out: 1 } });
  });

  it("queues again what a dead worker holds", async () => {
    const id = await create({});
    await claimOne(platform.store, "dead", 0);
    await eventually("it is queued", 15_000, async () => (await jobOf(id)).tally.queued === 1);
  });
});
