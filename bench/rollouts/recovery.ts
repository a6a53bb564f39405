import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "../../src/contract/jobs.ts";
import { heading, row, verdict } from "../support/measure.ts";
import type { Launched } from "../support/serve.ts";
import { openStand, type Stand } from "./stand.ts";
import { PLAYS } from "./tasks.ts";

export interface RecoveryOptions {
  readonly queued: number;
  readonly inFlight: number;
}

const LEASE_SECONDS = 5;
const LOOK_MS = 50;

/** `kill -9` of the only worker, and another in its place: how long until rollouts end again, and whether all end once. */
export async function recovery({ queued, inFlight }: RecoveryOptions): Promise<void> {
  heading(`kill -9 of the worker, leases of ${LEASE_SECONDS} s`, "resumed s", "all s", "", "ended once");
  await killed(`${queued} queued`, { rollouts: queued, concurrency: 256, delayMs: 0, plays: Math.min(queued, 5_000) });
  await killed(`${inFlight} in flight`, { rollouts: inFlight, concurrency: inFlight, delayMs: 5_000, plays: inFlight });
}

interface Killed {
  readonly rollouts: number;
  readonly concurrency: number;
  readonly delayMs: number;
  /** Of them, as many are played to their end. */
  readonly plays: number;
}

async function killed(name: string, { rollouts, concurrency, delayMs, plays }: Killed): Promise<void> {
  const play = PLAYS.tools;
  const stand = await openStand({
    play,
    model: { delayMs },
    workers: 1,
    settings: { "worker.concurrency": concurrency, "worker.lease_seconds": LEASE_SECONDS, "sandbox.provider": "local" },
    serverPlays: false,
  });
  try {
    const rows = Array.from({ length: Math.min(rollouts, 1_000) }, (_, i) => play.row(i));
    const repeats = Math.ceil(rollouts / rows.length);
    const { id } = await stand.client.submitJob({ environment: play.environment, tasks: { rows }, repeats });
    const isUnderWay = ({ tally }: Job) => (delayMs > 0 ? tally.queued === 0 : tally.scored > 500);
    const before = await until(stand, id, isUnderWay);
    await kill(stand.workers[0]);
    const killedAt = performance.now();
    await stand.startWorker();
    await until(stand, id, ({ tally }) => tally.scored > before.tally.scored);
    const resumed = (performance.now() - killedAt) / 1_000;
    const after = await until(stand, id, ({ tally, state }) => state === "completed" || tally.scored >= plays);
    const all = (performance.now() - killedAt) / 1_000;
    const { requested, queued, running, scored, masked } = after.tally;
    const isWhole = requested === queued + running + scored && masked === 0 && (await inSequence(stand, id, scored));
    row(name, resumed, all, "", `${scored} of ${requested}, masked ${masked}`, verdict(isWhole));
  } finally {
    await stand.stop();
  }
}

async function kill(worker: Launched | undefined): Promise<void> {
  if (!worker) throw new Error("there is no worker");
  worker.process.kill("SIGKILL");
  await once(worker.process, "exit");
}

async function until({ client }: Stand, id: string, condition: (job: Job) => boolean): Promise<Job> {
  for (;;) {
    const job = await client.getJob(id);
    if (condition(job)) return job;
    await sleep(LOOK_MS);
  }
}

/** Whether the first so many ends stand in the job's order, each of another rollout. */
async function inSequence({ client }: Stand, id: string, count: number): Promise<boolean> {
  const seen = new Set<string>();
  for await (const event of client.jobEvents(id)) {
    if (event.type !== "rollout") continue;
    seen.add(event.rollout.id);
    if (event.rollout.sequence !== seen.size) return false;
    if (seen.size >= count) return true;
  }
  return seen.size === count;
}
