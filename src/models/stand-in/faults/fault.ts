import { z } from "zod";

const often = {
  /** Calls it strikes; without it, until it is cleared. */
  times: z.int().min(1).optional(),
  /** Chance that it strikes a call, 0–1. */
  probability: z.number().min(0).max(1).optional(),
};
const factor = z.number().positive().max(1e6);
const ms = z.number().min(0).max(3_600_000);

/** What can go wrong with a replica. Each kind is on at most once. */
export const faultSchema = z.discriminatedUnion("kind", [
  /** All steps take `factor` times as long. */
  z.strictObject({ kind: z.literal("slow"), factor }),
  /** The engine makes no more steps; `/health` and `/metrics` answer as if nothing were wrong. */
  z.strictObject({ kind: z.literal("hang") }),
  /** The engine is dead: requests get 500, and `/health` 503. */
  z.strictObject({ kind: z.literal("engine-dead") }),
  /** As after SIGTERM with `--shutdown-timeout`: what runs goes on, `/health` is 200, and new calls get 500. */
  z.strictObject({ kind: z.literal("draining") }),
  /** All connections are cut as they come, for `down_ms` after every `up_ms`. */
  z.strictObject({ kind: z.literal("flapping"), up_ms: ms.min(1), down_ms: ms.min(1) }),
  /** Generation calls get this status, e.g. 429, 500 or 503. */
  z.strictObject({
    kind: z.literal("status"),
    status: z.int().min(400).max(599),
    /** Seconds, as the answer's header. */
    retry_after: z.number().min(0).optional(),
    ...often,
  }),
  /** The connection of a generation call is cut. `mid-stream`: after half of the stream, or half of the body. */
  z.strictObject({ kind: z.literal("reset"), at: z.enum(["before-headers", "after-headers", "mid-stream"]), ...often }),
  /** A generation call is read and never answered. */
  z.strictObject({ kind: z.literal("never-answer"), ...often }),
  /** The connection is closed `after_ms` after an answer that promised to keep it. */
  z.strictObject({ kind: z.literal("close-idle"), after_ms: ms.default(0), ...often }),
  /** A stream ends in good order in the middle: neither finish reason nor `[DONE]`. */
  z.strictObject({ kind: z.literal("half-stream"), ...often }),
  /** Answers and `/v1/models` name another model. */
  z.strictObject({ kind: z.literal("model-name"), name: z.string().max(256), ...often }),
  z.strictObject({ kind: z.literal("empty-choices"), ...often }),
  /** `doubled`: all counts are twice what they are. `repeated`: a stream has its usage twice. */
  z.strictObject({ kind: z.literal("usage"), usage: z.enum(["missing", "doubled", "repeated"]), ...often }),
  /** The last token id is missing, its log-prob is not. */
  z.strictObject({ kind: z.literal("unequal-tokens"), ...often }),
  /** Log-probs are `NaN`, as Python writes it, which is no JSON. */
  z.strictObject({ kind: z.literal("nan-log-probs"), ...often }),
  /** Arguments of tool calls are cut in the middle. */
  z.strictObject({ kind: z.literal("invalid-arguments"), ...often }),
]);

export type Fault = z.output<typeof faultSchema>;
export type FaultKind = Fault["kind"];
