import type { Job } from "../../../src/contract/jobs.ts";
import type { Rollout, RolloutRecord } from "../../../src/contract/rollouts.ts";
import type { CallContext } from "../../../src/core/context.ts";
import { SandlotError } from "../../../src/core/errors/sandlot-error.ts";
import { tallyOf } from "../../../src/core/tally.ts";
import type { JobSubmission } from "../../../src/contract/jobs.ts";
import type { Incoming } from "../../../src/rollouts/intake/intake.ts";
import type { JobEvent, JobService } from "../../../src/rollouts/service.ts";
import { NO_JOBS } from "../../../src/server/no-jobs.ts";

const AT = "2025-01-01T00:00:00.000Z";

/** A JobService in memory, with everything that reached it. */
export interface MemoryJobs extends JobService {
  readonly incoming: Incoming<JobSubmission>[];
  readonly contexts: CallContext[];
  /** Makes the next call of `get` do this instead. */
  nextGet: ((ctx: CallContext) => Promise<Job>) | undefined;
  /** Makes streams read from here instead of the stored rollouts. */
  source: ((ctx: CallContext, after: number) => AsyncIterable<JobEvent>) | undefined;
  add(id: string): Job;
}

export function jobView(id: string, tenant = "default"): Job {
  const tally = tallyOf({ queued: 0, running: 0, outcomes: { scored: 3 } });
  return {
    id,
    tenant,
    environment: "math",
    model: "default",
    state: "completed",
    repeats: 1,
    tasks: 3,
    accepting: false,
    groups: { wanted: null, window: null, deadline_seconds: null, complete: 0 },
    deadline_at: null,
    max_versions_behind: null,
    retry_of: null,
    priority: 0,
    labels: {},
    replay: false,
    tally: { ...tally, outcomes: { ...tally.outcomes } },
    mean_reward: 0.5,
    created_at: AT,
    started_at: null,
    ended_at: null,
  };
}

export function rolloutView(jobId: string, sequence: number): Rollout {
  return {
    id: `rol_${sequence}`,
    job_id: jobId,
    environment: "math",
    task_id: String(sequence),
    task_index: sequence,
    rollout_index: 0,
    state: "done",
    outcome: "scored",
    reward: 1,
    masked: false,
    truncated_by: null,
    reason: null,
    reward_components: null,
    metrics: {},
    times: null,
    attempts: 1,
    sequence,
    replay: false,
    ended_at: AT,
  };
}

export function recordView(jobId: string, sequence: number): RolloutRecord {
  return { ...rolloutView(jobId, sequence), row: { question: "1+1" }, trajectory: null, verdict: null, ledger: [] };
}

export function memoryJobs(): MemoryJobs {
  const stored = new Map<string, Job>();
  const keys = new Map<string, { body: string; job: Job }>();
  const find = (ctx: CallContext, id: string): Job => {
    const job = stored.get(id);
    if (!job || job.tenant !== ctx.principal.tenant) throw new SandlotError("not_found", { kind: "job", id });
    return job;
  };
  const self: MemoryJobs = {
    ...NO_JOBS,
    incoming: [],
    contexts: [],
    nextGet: undefined,
    source: undefined,
    add(id) {
      const job = jobView(id);
      stored.set(id, job);
      return job;
    },
    async submit(ctx, incoming) {
      self.contexts.push(ctx);
      self.incoming.push(incoming);
      const known = incoming.idempotencyKey === null ? undefined : keys.get(incoming.idempotencyKey);
      if (known && known.body !== incoming.body) {
        throw new SandlotError("idempotency_conflict", { key: incoming.idempotencyKey ?? "", job_id: known.job.id });
      }
      if (known) return { job: known.job, created: false };
      const job = jobView(`job_${stored.size + 1}`, ctx.principal.tenant);
      stored.set(job.id, job);
      if (incoming.idempotencyKey !== null) keys.set(incoming.idempotencyKey, { body: incoming.body, job });
      return { job, created: true };
    },
    async get(ctx, id) {
      self.contexts.push(ctx);
      const instead = self.nextGet;
      self.nextGet = undefined;
      return instead ? instead(ctx) : find(ctx, id);
    },
    async list(ctx, { limit }) {
      self.contexts.push(ctx);
      const items = [...stored.values()].filter(({ tenant }) => tenant === ctx.principal.tenant);
      return { items: items.slice(0, limit), next_cursor: null };
    },
    async cancel(ctx, id) {
      return { ...find(ctx, id), state: "cancelled" };
    },
    async rollouts(ctx, jobId, query) {
      find(ctx, jobId);
      const make = query.records ? recordView : rolloutView;
      const all = [1, 2, 3].filter((sequence) => sequence > Number(query.cursor ?? 0)).slice(0, query.limit);
      const items =
        query.outcomes && !query.outcomes.includes("scored") ? [] : all.map((sequence) => make(jobId, sequence));
      return { items, next_cursor: String(all.at(-1) ?? 3), complete: true };
    },
    samples: async () => ({ items: [], next_cursor: "0", complete: true }),
    verdicts: async () => [],
    async rollout(_ctx, id) {
      return recordView("job_1", Number(id.replace("rol_", "")));
    },
    events(ctx, jobId, after) {
      self.contexts.push(ctx);
      return self.source ? self.source(ctx, after) : storedEvents(jobId, after);
    },
  };
  return self;
}

async function* storedEvents(jobId: string, after: number): AsyncGenerator<JobEvent> {
  for (const sequence of [1, 2, 3]) {
    if (sequence > after) yield { type: "rollout", sequence, rollout: rolloutView(jobId, sequence) };
  }
  yield { type: "progress", job: jobView(jobId) };
  yield { type: "end", job: jobView(jobId) };
}
