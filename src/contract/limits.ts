import { z } from "zod";

/** Bounds of what one request or one job may ask for. */
export const BOUNDS = {
  repeats: 1024,
  rowsPerJob: 100_000,
  /** That one submission, batch or upload may queue. */
  rolloutsAtOnce: 1_000_000,
  bodyBytes: 256 * 1024 * 1024,
  /** Rows that are uploaded as lines, and one of them. */
  uploadBytes: 16 * 1024 ** 3,
  lineBytes: 64 * 1024 * 1024,
  pageSize: 500,
  labels: 32,
  /** Of one run, or of one batch with all its cases. */
  runBodyBytes: 128 * 1024 * 1024,
  casesPerBatch: 1024,
  filesPerRun: 10_000,
  /** Files of all cases of a batch. */
  filesPerBatch: 20_000,
  outputsPerRun: 64,
  /** Arguments, environment and outputs as JSON: they share a frame of 64 KiB with what we add. */
  headerBytes: 48 * 1024,
  /** Answers that one request has verified. */
  itemsPerVerification: 1024,
  /** Output and files that one answer may carry. */
  answerBytes: 128 * 1024 * 1024,
} as const;

/** Limits of one rollout. A policy that uses one up is truncated, with the limit named. */
export const RolloutLimits = z
  .strictObject({
    turns: z.int().min(1).max(10_000).optional().describe("Model calls. Default: the environment's."),
    tool_calls: z.int().min(1).max(100_000).optional().describe("Tool calls in all."),
    tokens: z
      .int()
      .min(1)
      .max(100_000_000)
      .optional()
      .describe("Generated tokens in all, as the endpoint counts them."),
    wall_seconds: z
      .number()
      .positive()
      .max(7 * 24 * 3600)
      .optional()
      .describe("Time of the policy: generation and tools, without waiting for infrastructure. Default 3600."),
  })
  .meta({ id: "RolloutLimits" });
export type RolloutLimits = z.infer<typeof RolloutLimits>;
