import { z } from "zod";
import type { Route } from "./route.ts";
import { VerifyBatchResult, VerifyInput, VerifyResult } from "./verification.ts";

/** A batch may wait for a long queue; longer work is for the stream. */
const VERIFY_MS = 3 * 3600 * 1000;

const VERIFIES = { method: "POST", scope: "jobs", status: 200, body: VerifyInput } as const;

/** Verification alone: neither agent nor model. */
export const VERIFICATION_ROUTES = {
  verify: {
    ...VERIFIES,
    path: "/api/v1/verify",
    summary: "Verify an answer to a task, or a batch of them; going away cancels it",
    timeoutMs: VERIFY_MS,
    response: z.union([VerifyBatchResult, VerifyResult]),
  },
  streamVerify: {
    ...VERIFIES,
    path: "/api/v1/verify/stream",
    summary: "The same as server-sent events: `result` as they complete, with `index`, then `end`; or `error`",
    response: "events",
  },
} as const satisfies Record<string, Route>;
