import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { DEFAULT_RETRY_POLICY } from "../../src/core/retry-policy.ts";
import { Environments } from "../../src/resources/index.ts";
import { Admission, Signals, Worker } from "../../src/rollouts/index.ts";
import type { Store } from "../../src/store/index.ts";
import { ctx, newJob, query, startTestStore, type TestStore } from "../store/support.ts";
import { eventually } from "./support/processes.ts";

const LEASE_MS = 600;

let opened: TestStore;
beforeAll(async () => {
  opened = await startTestStore();
});
beforeEach(() => opened.reset());
afterAll(() => opened.close());

/** Where attempts wait until the test ends them. */
class HeldEnvironments extends Environments {
  readonly #hold: (end: (reason: Error) => void) => void;

  constructor(hold: (end: (reason: Error) => void) => void) {
    const services = () => {
      throw new Error("no environment is loaded");
    };
    super({ roots: [], compiled: () => null, services });
    this.#hold = hold;
  }

  override get(): Promise<never> {
    return new Promise((_, reject) => this.#hold(reject));
  }
}

/** The worker's side of the store, which does not answer while `isDown`. */
function fallible(store: Store) {
  const fault = { isDown: false, refusedResults: 0 };
  const down = () => Promise.reject(new SandlotError("database_unavailable", { detail: "an outage" }));
  const { queue } = store;
  const guarded: Store["queue"] = {
    ...queue,
    claim: (...call) => (fault.isDown ? down() : queue.claim(...call)),
    renew: (...call) => (fault.isDown ? down() : queue.renew(...call)),
    retry: (...call) => {
      if (!fault.isDown) return queue.retry(...call);
      fault.refusedResults++;
      return down();
    },
  };
  return { store: { ...store, queue: guarded }, fault };
}

/** A worker whose attempts end when the test says so, over a store that may not answer. */
function startWorker() {
  const { store, fault } = fallible(opened.store);
  const attempts: ((reason: Error) => void)[] = [];
  const signals = new Signals();
  const shared = { clock: systemClock, random: () => 0, models: new Map() };
  const limits = { modelCalls: 1, sandboxStarts: 1, verifications: 1 };
  const worker = new Worker({
    ...shared,
    worker: "worker",
    store,
    environments: new HeldEnvironments((end) => attempts.push(end)),
    agent: () => {
      throw new Error("no attempt comes so far");
    },
    signals,
    retryPolicy: DEFAULT_RETRY_POLICY,
    versionsOf: () => [],
    admission: new Admission({
      ...shared,
      concurrency: 4,
      limits,
      outagePatienceMs: 0,
      limitOf: () => null,
      eventLoopDelayMs: () => 0,
    }),
    leaseMs: LEASE_MS,
    logger: silentLogger,
  });
  const end = (attempt: number) =>
    attempts[attempt]?.(new SandlotError("resource_failed", { environment: "e", detail: "" }));
  worker.start();
  return { store, fault, attempts, worker, end };
}

test("a worker that claims again what it lost in an outage gives up the former attempt and keeps the new one", async () => {
  const { store, fault, attempts, worker, end } = startWorker();
  const { job } = await store.jobs.create(ctx, newJob());
  try {
    await eventually("the first attempt", 5_000, () => attempts.length === 1);
    fault.isDown = true;
    await eventually("the lease runs out", 5_000, async () => (await opened.store.queue.reclaim(ctx)) === 1);
    fault.isDown = false;
    await eventually("the second attempt", 5_000, () => attempts.length === 2);
    end(0);
    await eventually("the first one's end", 5_000, () => worker.activeRollouts === 1);
    // Long enough for a lease that nobody renews to run out.
    await new Promise((resolve) => setTimeout(resolve, 2 * LEASE_MS));
    expect([attempts.length, worker.activeRollouts, await store.queue.reclaim(ctx)]).toEqual([2, 1, 0]);
    expect((await store.jobs.get(ctx, job.id))?.tally.running).toBe(1);
  } finally {
    for (const index of attempts.keys()) end(index);
    await worker.stop(0);
  }
});

test("a worker that stops keeps its results through an outage, as long as its grace lasts", async () => {
  const { store, fault, attempts, worker, end } = startWorker();
  await store.jobs.create(ctx, newJob());
  await eventually("the attempt", 5_000, () => attempts.length === 1);
  fault.isDown = true;
  const stopped = worker.stop(20_000);
  end(0);
  await eventually("a result is refused", 5_000, () => fault.refusedResults > 0);
  fault.isDown = false;
  await stopped;
  const recorded = await query(opened.connection, "select outcome, retried from attempts");
  expect(recorded).toEqual([{ outcome: "resource_error", retried: true }]);
});

test("a worker whose grace is over hands back what it could not record", async () => {
  const { store, fault, attempts, worker, end } = startWorker();
  const { job } = await store.jobs.create(ctx, newJob());
  await eventually("the attempt", 5_000, () => attempts.length === 1);
  fault.isDown = true;
  end(0);
  await eventually("a result is refused", 5_000, () => fault.refusedResults > 0);
  await worker.stop(0);
  expect((await store.jobs.get(ctx, job.id))?.tally).toMatchObject({ queued: 1, running: 0 });
});
