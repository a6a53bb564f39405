import { aborted } from "../../../src/cli/interrupts.ts";
import type { Job } from "../../../src/contract/jobs.ts";
import { type Rollout, type RolloutRecord, Rollout as RolloutSchema } from "../../../src/contract/rollouts.ts";
import { SandlotError } from "../../../src/core/errors/sandlot-error.ts";
import type { Outcome } from "../../../src/core/outcome.ts";
import { tallyOf } from "../../../src/core/tally.ts";
import type { JobSubmission } from "../../../src/contract/jobs.ts";
import type { Incoming } from "../../../src/rollouts/intake/intake.ts";
import type { JobEvent, JobService } from "../../../src/rollouts/service.ts";
import { NO_JOBS } from "../../../src/server/no-jobs.ts";
import { type Ending, recordOf } from "./records.ts";

const AT = "2025-01-01T00:00:00.000Z";
const LATER = "2025-01-01T00:00:41.000Z";

/** A platform without sandboxes: every job plays at once, each attempt ends as the script says. */
export interface FakeJobs extends JobService {
  readonly incoming: Incoming<JobSubmission>[];
  /** How attempts end, in order, round and round. */
  script: Ending[];
  /** Attempts that end before the job waits to be cancelled; null lets it run through. */
  holdAfter: number | null;
  /** Called when a job's stream waits to be cancelled. */
  onHold: () => void;
  /** What the next submission throws. */
  refusal: SandlotError | null;
}

interface Stored {
  job: Job;
  readonly records: RolloutRecord[];
  readonly open: { task: string; taskIndex: number; attempt: number }[];
  readonly cancelled: AbortController;
}

export function fakeJobs(): FakeJobs {
  const stored = new Map<string, Stored>();
  let rollouts = 0;

  const find = (id: string): Stored => {
    const entry = stored.get(id);
    if (!entry) throw new SandlotError("not_found", { kind: "job", id });
    return entry;
  };

  const settle = (entry: Stored): void => {
    const outcomes: Partial<Record<Outcome, number>> = {};
    for (const { outcome } of entry.records) if (outcome) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    const counts = tallyOf({ queued: entry.open.length, running: 0, outcomes });
    const rewards = entry.records.filter(({ masked }) => !masked).map(({ reward }) => reward ?? 0);
    const ended = entry.open.length === 0;
    const state = entry.cancelled.signal.aborted ? "cancelled" : "completed";
    entry.job = {
      ...entry.job,
      state: ended ? state : "running",
      tally: { ...counts, outcomes: { ...counts.outcomes } },
      mean_reward: rewards.length === 0 ? null : rewards.reduce((a, b) => a + b, 0) / rewards.length,
      started_at: AT,
      ended_at: ended ? LATER : null,
    };
  };

  const end = (entry: Stored, count: number, ending?: Ending): void => {
    for (const { task, taskIndex, attempt } of entry.open.splice(0, count)) {
      const sequence = entry.records.length + 1;
      const next = ending ?? self.script[(sequence - 1) % self.script.length] ?? "pass";
      const record = recordOf(entry.job, task, taskIndex, attempt, sequence, next);
      entry.records.push({ ...record, id: `rol_${++rollouts}` });
    }
    settle(entry);
  };

  const self: FakeJobs = {
    ...NO_JOBS,
    incoming: [],
    script: ["pass", "wrong", "loop", "pass"],
    holdAfter: null,
    onHold: () => undefined,
    refusal: null,
    async submit(_ctx, incoming) {
      self.incoming.push(incoming);
      const { refusal } = self;
      self.refusal = null;
      if (refusal) throw refusal;
      const { submission } = incoming;
      const rows = submission.tasks?.rows?.map((row, i) =>
        typeof row["task_id"] === "string" ? row["task_id"] : `row-${i}`,
      );
      const tasks = rows ?? submission.tasks?.task_ids ?? ["dry-spell", "ferry-route"];
      const job: Job = {
        id: `job_${stored.size + 1}`,
        tenant: "default",
        environment: submission.environment,
        model: submission.model,
        state: "queued",
        repeats: submission.repeats,
        tasks: tasks.length,
        accepting: false,
        groups: { wanted: null, window: null, deadline_seconds: null, complete: 0 },
        deadline_at: null,
        max_versions_behind: null,
        retry_of: null,
        priority: 0,
        labels: submission.labels,
        replay: submission.labels["demo"] === "true",
        tally: {
          requested: 0,
          queued: 0,
          running: 0,
          scored: 0,
          truncated: 0,
          masked: 0,
          outcomes: { ...tallyOf({ queued: 0, running: 0, outcomes: {} }).outcomes },
        },
        mean_reward: null,
        created_at: AT,
        started_at: null,
        ended_at: null,
      };
      const open = tasks.flatMap((task, taskIndex) =>
        Array.from({ length: submission.repeats }, (_, attempt) => ({ task, taskIndex, attempt })),
      );
      const entry: Stored = { job, records: [], open, cancelled: new AbortController() };
      stored.set(job.id, entry);
      end(entry, self.holdAfter ?? open.length);
      return { job: entry.job, created: true };
    },
    get: async (_ctx, id) => find(id).job,
    list: async (_ctx, { limit }) => ({
      items: Array.from(stored.values(), ({ job }) => job)
        .toReversed()
        .slice(0, limit),
      next_cursor: null,
    }),
    async cancel(_ctx, id) {
      const entry = find(id);
      if (entry.open.length === 0) throw new SandlotError("job_ended", { job_id: id, state: entry.job.state });
      entry.cancelled.abort();
      end(entry, entry.open.length, "cancelled");
      return entry.job;
    },
    async rollouts(_ctx, jobId, { cursor, limit, outcomes, records }) {
      const entry = find(jobId);
      const after = Number(cursor ?? 0);
      const wanted = entry.records.filter(({ sequence, outcome }) => {
        return (sequence ?? 0) > after && (!outcomes || outcomes.some((known) => known === outcome));
      });
      const page = wanted.slice(0, limit);
      const items = records ? page : page.map(viewOf);
      return { items, next_cursor: String(page.at(-1)?.sequence ?? after), complete: entry.open.length === 0 };
    },
    samples: async () => ({ items: [], next_cursor: "0", complete: true }),
    verdicts: async () => [],
    async rollout(_ctx, id) {
      const record = Array.from(stored.values())
        .flatMap(({ records }) => records)
        .find((known) => known.id === id);
      if (!record) throw new SandlotError("not_found", { kind: "rollout", id });
      return record;
    },
    async *events(ctx, jobId, after): AsyncGenerator<JobEvent> {
      const entry = find(jobId);
      let sequence = after;
      for (;;) {
        for (const record of entry.records.slice(sequence)) {
          sequence = record.sequence ?? sequence;
          yield { type: "rollout", sequence, rollout: viewOf(record) };
        }
        if (entry.open.length === 0) {
          yield { type: "end", job: entry.job };
          return;
        }
        yield { type: "progress", job: entry.job };
        self.onHold();
        await aborted(AbortSignal.any([entry.cancelled.signal, ctx.signal]));
        if (ctx.signal.aborted) return;
      }
    },
  };
  return self;
}

function viewOf(record: RolloutRecord): Rollout {
  return RolloutSchema.parse(record);
}
