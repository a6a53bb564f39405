import type { CallContext } from "../../../src/core/context.ts";
import type { JobRow, RolloutRow, Store } from "../../../src/store/index.ts";
import { ctx, newJob, type TestStore } from "../support.ts";

/** The store under test, empty before each test, and what the tests often ask of it. */
export interface Subject {
  readonly store: Store;
  readonly create: (shape?: Parameters<typeof newJob>[0]) => Promise<JobRow>;
  readonly jobNow: (id: string) => Promise<JobRow>;
  readonly page: (id: string, after?: number) => Promise<RolloutRow[]>;
  readonly reset: () => Promise<void>;
}

/** A subject whose store is opened after the tests have been named: `current` answers it from then on. */
export function subjectOf(current: () => TestStore): Subject {
  const store = late(() => current().store);
  return {
    store,
    create: async (shape = {}) => (await store.jobs.create(ctx, newJob(shape))).job,
    jobNow: async (id) => {
      const job = await store.jobs.get(ctx, id);
      if (!job) throw new Error("the job is gone");
      return job;
    },
    page: (id, after = 0) => store.rollouts.page(ctx, id, { after, limit: 100, outcomes: null }),
    reset: () => current().reset(),
  };
}

function late(store: () => Store): Store {
  return {
    get jobs() {
      return store().jobs;
    },
    get rollouts() {
      return store().rollouts;
    },
    get groups() {
      return store().groups;
    },
    get verdicts() {
      return store().verdicts;
    },
    get queue() {
      return store().queue;
    },
    get blobs() {
      return store().blobs;
    },
    get notices() {
      return store().notices;
    },
    get room() {
      return store().room;
    },
    get housekeeping() {
      return store().housekeeping;
    },
    get installation() {
      return store().installation;
    },
    check: (ctx: CallContext) => store().check(ctx),
    close: () => store().close(),
  };
}
