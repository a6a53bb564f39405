import { SandlotError } from "../core/errors/sandlot-error.ts";
import type { GroupService } from "../rollouts/groups.ts";
import type { JobService } from "../rollouts/service.ts";

function refuse(): never {
  throw new SandlotError("database_unavailable", { detail: "this server has sandboxes and nothing else" });
}

/** Stands where a process has no database: every call throws `database_unavailable`. */
export const NO_JOBS: JobService = {
  submit: async () => refuse(),
  dryRun: async () => refuse(),
  addTasks: async () => refuse(),
  uploadTasks: async () => refuse(),
  get: async () => refuse(),
  list: async () => refuse(),
  cancel: async () => refuse(),
  pause: async () => refuse(),
  resume: async () => refuse(),
  close: async () => refuse(),
  retry: async () => refuse(),
  rollouts: async () => refuse(),
  samples: async () => refuse(),
  rollout: async () => refuse(),
  verdicts: async () => refuse(),
  events: refuse,
};

/** The same for complete groups. */
export const NO_GROUPS: GroupService = {
  page: async () => refuse(),
  take: async () => refuse(),
  acknowledge: async () => refuse(),
  handBack: async () => refuse(),
};
