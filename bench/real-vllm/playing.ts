import type { Client } from "../../src/client/index.ts";
import type { Rollout, TrajectoryCall } from "../../src/contract/rollouts.ts";

export interface Played {
  readonly rollouts: readonly Rollout[];
  readonly calls: readonly TrajectoryCall[];
  /** Neither scored nor truncated by the policy's own limits. */
  readonly lost: number;
  /** Rollouts that needed another attempt: a call had failed for good. */
  readonly repeated: number;
  /** Rollouts whose calls are one sequence of tokens. */
  readonly whole: number;
  readonly seconds: number;
}

const TASKS = 40;
const SIBLINGS = 8;

/** Rollouts of a job. */
export const ROLLOUTS = TASKS * SIBLINGS;

/**
 * Plays a job of the example's environment through a server; `disturb` begins when as many rollouts have finished as it
 * asks for with `after`.
 */
export async function playJob(
  client: Client,
  disturb: (after: (rollouts: number) => Promise<void>) => Promise<void>,
): Promise<Played> {
  const started = performance.now();
  const job = await client.submitJob({
    environment: "boxes",
    model: "policy",
    tasks: { dataset: "train", limit: TASKS },
    repeats: SIBLINGS,
    sampling: { temperature: 1, top_p: 1, top_k: 0, max_output_tokens: 80 },
    on_truncated: { value: 0 },
  });
  const finished = async () => {
    const { tally } = await client.getJob(job.id);
    return tally.scored + tally.truncated + tally.masked;
  };
  const disturbed = disturb(async (rollouts) => {
    while ((await finished()) < rollouts) await pause(20);
  });
  // Seen to below; a job that is stuck shows in its time.
  disturbed.catch(() => undefined);
  for await (const event of client.jobEvents(job.id)) if (event.type === "end") break;
  const seconds = (performance.now() - started) / 1000;
  await disturbed;
  const { rollouts, calls, whole } = await readJob(client, job.id);
  const lost = ROLLOUTS - rollouts.filter(({ outcome }) => outcome === "scored" || outcome === "truncated").length;
  const repeated = rollouts.filter(({ attempts }) => attempts > 1).length;
  return { rollouts, calls, lost, repeated, whole, seconds };
}

async function readJob(client: Client, id: string) {
  const rollouts: Rollout[] = [];
  const calls: TrajectoryCall[] = [];
  let whole = 0;
  for (let cursor: string | undefined; ;) {
    const page = await client.listRollouts(id, { cursor, limit: 100, include: "record" });
    for (const item of page.items) {
      rollouts.push(item);
      if (!("trajectory" in item) || !item.trajectory) continue;
      calls.push(...item.trajectory.calls);
      if (item.trajectory.contiguity?.contiguous) whole++;
    }
    cursor = page.next_cursor;
    if (page.items.length === 0) return { rollouts, calls, whole };
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
