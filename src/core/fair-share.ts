/** A job with rollouts that could begin now. */
export interface WaitingJob {
  readonly id: string;
  readonly tenant: string;
  readonly model: string;
  /** Higher goes first among the jobs of its tenant. */
  readonly priority: number;
  /** Rollouts that wait, and rollouts that run. */
  readonly queued: number;
  readonly running: number;
}

export interface Supply {
  /** Rollouts that may begin. */
  readonly limit: number;
  /** Rollouts that may begin of a model; models that are not named have no limit. */
  readonly rooms: ReadonlyMap<string, number>;
  /** Rollouts that run, by tenant; tenants that are not named have none. */
  readonly running: ReadonlyMap<string, number>;
}

interface Taker {
  readonly job: WaitingJob;
  running: number;
  taken: number;
}

/**
 * How many rollouts of each job begin, one place after the other: to the tenant that runs the fewest; of its jobs to one
 * of the highest priority; of those to the one that runs the fewest, and the earlier in `jobs` where they run alike. So tenants share alike
 * whatever their jobs say, and a priority helps only against one's own. Jobs are in the order of their first places.
 */
export function shareOut(jobs: readonly WaitingJob[], supply: Supply): Map<string, number> {
  const takers = jobs.map((job): Taker => ({ job, running: job.running, taken: 0 }));
  const shares = new Map<string, number>();
  const rooms = new Map(supply.rooms);
  const running = new Map(supply.running);
  for (let left = supply.limit; left > 0; left--) {
    let best: Taker | null = null;
    for (const taker of takers) {
      const isDue = taker.taken < taker.job.queued && (rooms.get(taker.job.model) ?? Infinity) > 0;
      if (isDue && (best === null || comesBefore(taker, best, running))) best = taker;
    }
    if (best === null) break;
    const { id, tenant, model } = best.job;
    shares.set(id, ++best.taken);
    best.running++;
    running.set(tenant, (running.get(tenant) ?? 0) + 1);
    const room = rooms.get(model);
    if (room !== undefined) rooms.set(model, room - 1);
  }
  return shares;
}

function comesBefore(a: Taker, b: Taker, running: ReadonlyMap<string, number>): boolean {
  if (a.job.tenant !== b.job.tenant) return (running.get(a.job.tenant) ?? 0) < (running.get(b.job.tenant) ?? 0);
  if (a.job.priority !== b.job.priority) return a.job.priority > b.job.priority;
  return a.running < b.running;
}
