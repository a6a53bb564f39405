import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "../../src/contract/jobs.ts";
import { heading, row, verdict } from "../support/measure.ts";
import { openStand, type Stand, type StandOptions } from "./stand.ts";
import { PLAYS } from "./tasks.ts";

export interface ThroughputOptions extends Pick<StandOptions, "workers" | "nodeOptions"> {
  readonly play: keyof typeof PLAYS;
  readonly rollouts: number;
  readonly concurrency: number;
  readonly provider: string;
}

/** Rollouts per second that are to be reached, where something is, and what NeMo Gym does, which records nothing. */
const TARGETS = { tools: [500, "43-63"], code: [100, "18"], math: [null, "-"] } as const;
/** Rows of a job: each is played as often as is needed. */
const ROWS = 100;
const LOOK_MS = 200;

/** Rollouts per second with an instant model, everything included: model calls, tool calls, verification, durable record. */
export async function throughput(options: ThroughputOptions): Promise<void> {
  const { play, rollouts, concurrency, provider, ...more } = options;
  const settings = { "sandbox.provider": provider, "worker.concurrency": concurrency };
  const stand = await openStand({ play: PLAYS[play], settings, ...more });
  try {
    heading(`${play}: ${PLAYS[play].environment}, ${concurrency} in flight, ${provider}`, "/s", "CPU ms", "of them:");
    await playJob(stand, play, Math.ceil(rollouts / 10));
    const before = stand.cpu();
    const startedAt = performance.now();
    const job = await playJob(stand, play, rollouts);
    const perSecond = job.tally.requested / ((performance.now() - startedAt) / 1000);
    const after = stand.cpu();
    const each = (part: keyof typeof before) => (after[part] - before[part]) / job.tally.requested;
    const parts = `server ${each("server").toFixed(2)}, database ${each("database").toFixed(2)}, model ${each("model").toFixed(2)}`;
    const [target, gym] = TARGETS[play];
    const total = each("server") + each("database") + each("model");
    row(`${job.tally.requested} rollouts`, perSecond, total, "", parts, target ? verdict(perSecond >= target) : "");
    row("NeMo Gym on such a machine, nothing recorded", gym);
    if (job.tally.scored !== job.tally.requested || job.mean_reward !== 1) throw new Error(JSON.stringify(job));
  } finally {
    await stand.stop();
  }
}

/** Plays a job of about so many rollouts to its end. */
async function playJob({ client }: Stand, play: keyof typeof PLAYS, rollouts: number): Promise<Job> {
  const played = PLAYS[play];
  const rows = Array.from({ length: Math.min(ROWS, rollouts) }, (_, i) => played.row(i));
  const repeats = Math.ceil(rollouts / rows.length);
  const { id } = await client.submitJob({ environment: played.environment, tasks: { rows }, repeats });
  for (;;) {
    const job = await client.getJob(id);
    if (job.state === "completed") return job;
    await sleep(LOOK_MS);
  }
}
