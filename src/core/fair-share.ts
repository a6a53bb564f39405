/** A job with rollouts that could begin now. */
export interface WaitingJob {
  readonly id: string;
  readonly tenant: string;
  readonly model: string;
  /** Higher goes first among the jobs of its tenant. */
  readonly priority: number;
  /** Rollouts that could begin, and rollouts that run. */
  readonly due: number;
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

interface Tenant {
  readonly takers: Taker[];
  running: number;
}

/**
 * How many rollouts of each job begin, one place after the other: to the tenant that runs the fewest; of its jobs to one
 * of the highest priority; of those to the one that runs the fewest, and the earlier in `jobs` where they run alike. So tenants share alike
 * whatever their jobs say, and a priority helps only against one's own. Jobs are in the order of their first places.
 */
export function shareOut(jobs: readonly WaitingJob[], supply: Supply): Map<string, number> {
  const shares = new Map<string, number>();
  const rooms = new Map(supply.rooms);
  const tenants = tenantsOf(jobs, supply.running);
  for (let left = supply.limit; left > 0;) {
    const tenant = fewestRunning(tenants);
    if (tenant === undefined) break;
    const taker = nextTaker(tenant.takers, rooms);
    if (taker === null) {
      // What has nothing to begin now has nothing later in this round.
      tenants.delete(tenant);
      continue;
    }
    const { id, model } = taker.job;
    shares.set(id, ++taker.taken);
    taker.running++;
    tenant.running++;
    const room = rooms.get(model);
    if (room !== undefined) rooms.set(model, room - 1);
    left--;
  }
  return shares;
}

function tenantsOf(jobs: readonly WaitingJob[], running: ReadonlyMap<string, number>): Set<Tenant> {
  const tenants = new Map<string, Tenant>();
  for (const job of jobs) {
    const tenant = tenants.get(job.tenant) ?? { takers: [], running: running.get(job.tenant) ?? 0 };
    tenants.set(job.tenant, tenant);
    tenant.takers.push({ job, running: job.running, taken: 0 });
  }
  return new Set(tenants.values());
}

function fewestRunning(tenants: ReadonlySet<Tenant>): Tenant | undefined {
  let fewest: Tenant | undefined;
  for (const tenant of tenants) if (fewest === undefined || tenant.running < fewest.running) fewest = tenant;
  return fewest;
}

function nextTaker(takers: readonly Taker[], rooms: ReadonlyMap<string, number>): Taker | null {
  let next: Taker | null = null;
  for (const taker of takers) {
    const canBegin = taker.taken < taker.job.due && (rooms.get(taker.job.model) ?? Infinity) > 0;
    if (canBegin && (next === null || comesBefore(taker, next))) next = taker;
  }
  return next;
}

function comesBefore(a: Taker, b: Taker): boolean {
  if (a.job.priority !== b.job.priority) return a.job.priority > b.job.priority;
  return a.running < b.running;
}
