import { setTimeout as sleep } from "node:timers/promises";
import { heading, row, verdict } from "../support/measure.ts";
import { residentKiB } from "../support/process-use.ts";
import { openStand, type Stand } from "./stand.ts";
import { PLAYS } from "./tasks.ts";

export interface InFlightOptions {
  /** Of the times that calls take. */
  readonly scale: number;
  /** Of these steps only the ones with at most so many rollouts, and with at least so many. */
  readonly most: number;
  readonly least: number;
  readonly nodeOptions: readonly string[];
}

/** Rollouts in flight in one process, and seconds that a call takes; each rollout makes two. */
const STEPS = [
  [1_000, 10],
  [4_000, 30],
  [16_000, 120],
] as const;
const DELAY_MS = 50;
const KIB_EACH = 60;
const LOOK_MS = 250;

/** Thousands of rollouts that wait on the model, in one process. */
export async function inFlight({ scale, most, least, nodeOptions }: InFlightOptions): Promise<void> {
  heading("in flight, calls of", "loop p99", "loop max", "KiB each", "CPU ms each", "rollouts/s of the most");
  for (const [count, seconds] of STEPS)
    if (count >= least && count <= most) await step(count, seconds * scale, nodeOptions);
}

async function step(count: number, seconds: number, nodeOptions: readonly string[]): Promise<void> {
  const play = PLAYS.tools;
  const settings = { "sandbox.provider": "local", "worker.concurrency": count, "worker.lease_seconds": 120 };
  const stand = await openStand({ play, model: { delayMs: seconds * 1_000 }, settings, nodeOptions });
  try {
    await playJob(stand, 200);
    const idleKiB = serverKiB(stand);
    const before = stand.cpu();
    await loopDelay(stand);
    const startedAt = performance.now();
    const id = await submit(stand, count);
    let most = 0;
    for (let begun = 0; begun < count; await sleep(LOOK_MS)) {
      const { queued, running, requested } = (await stand.client.getJob(id)).tally;
      begun = requested - queued;
      most = Math.max(most, running);
    }
    const beginning = await loopDelay(stand);
    const rampSeconds = (performance.now() - startedAt) / 1_000;
    // All of them wait for their first answers now, where these take long enough.
    await sleep(Math.min(2_000, (seconds * 1_000) / 4));
    const heldKiB = serverKiB(stand) - idleKiB;
    await ended(stand, id);
    const wallSeconds = (performance.now() - startedAt) / 1_000;
    const whole = await loopDelay(stand);
    const after = stand.cpu();
    const p99 = Math.max(beginning.p99, whole.p99);
    const each = heldKiB / most;
    const best = count / (2 * seconds);
    const isMet = p99 < DELAY_MS && each <= KIB_EACH && most > 0.99 * count;
    row(
      `${most} of ${count}, ${seconds} s (begun within ${rampSeconds.toFixed(1)} s)`,
      p99,
      Math.max(beginning.max, whole.max),
      each,
      ((after.server - before.server) / count).toFixed(2),
      `${(count / wallSeconds).toFixed(0)} of ${best.toFixed(0)}`,
      verdict(isMet),
    );
  } finally {
    await stand.stop();
  }
}

const serverKiB = ({ server }: Stand) => residentKiB(server.process.pid ?? 0);

/** Of the server's event loop since this was last asked, milliseconds. */
async function loopDelay({ url }: Stand): Promise<{ readonly p99: number; readonly max: number }> {
  const page = await (await fetch(`${url}/metrics`)).text();
  const of = (name: string) => Number(page.match(new RegExp(`^nodejs_eventloop_lag_${name}_seconds (\\S+)`, "m"))?.[1]);
  return { p99: of("p99") * 1_000, max: of("max") * 1_000 };
}

async function submit({ client }: Stand, count: number): Promise<string> {
  const { environment } = PLAYS.tools;
  const rows = Array.from({ length: 100 }, (_, i) => PLAYS.tools.row(i));
  return (await client.submitJob({ environment, tasks: { rows }, repeats: Math.ceil(count / rows.length) })).id;
}

async function playJob(stand: Stand, count: number): Promise<void> {
  await ended(stand, await submit(stand, count));
}

async function ended({ client }: Stand, id: string): Promise<void> {
  for (;;) {
    const { state, tally } = await client.getJob(id);
    if (state === "completed" && tally.scored === tally.requested) return;
    if (state === "completed") throw new Error(`not all were scored: ${JSON.stringify(tally)}`);
    await sleep(LOOK_MS);
  }
}
