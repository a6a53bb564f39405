import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { ExecutionService } from "../../execution/service.ts";
import type { ReadingService } from "../../rollouts/reading-service.ts";
import type { RescoreService } from "../../rollouts/rescore-service.ts";
import type { SubmissionService } from "../../rollouts/submissions.ts";
import type { VerificationService } from "../../rollouts/verification-service.ts";
import type { PoolsAdmin } from "../../sandbox/index.ts";

function refuse(): never {
  throw new SandlotError("provider_unavailable", {
    provider: "none",
    detail: "this server plays nothing (worker.enabled is false) and so has no sandboxes",
  });
}

/** Stands where a process has no sandboxes: every call throws `provider_unavailable`. */
export const NO_EXECUTION: ExecutionService = {
  languages: async () => refuse(),
  hasImage: async () => refuse(),
  run: async () => refuse(),
  sessions: {
    open: async () => refuse(),
    use: async () => refuse(),
    interrupt: refuse,
    get: refuse,
    list: refuse,
    close: async () => refuse(),
  },
};

/** The same for operators. */
export const NO_POOLS: PoolsAdmin = {
  list: refuse,
  describe: refuse,
  scale: refuse,
  drain: refuse,
  sandboxes: refuse,
  sandbox: refuse,
  kill: async () => refuse(),
};

/** The same for verification. */
export const NO_VERIFICATION: VerificationService = { verify: async () => refuse() };

/** The same for stored rollouts. */
export const NO_RESCORES: RescoreService = { rescore: async () => refuse() };

/** The same for what rollouts submitted. */
export const NO_SUBMISSIONS: SubmissionService = { submission: async () => refuse() };

/** The same for what is read of whole jobs. */
export const NO_READINGS: ReadingService = {
  metrics: async () => refuse(),
  profile: async () => refuse(),
  rows: async () => refuse(),
  export: async () => refuse(),
};
