import { z } from "zod";

/** What whoever submitted the jobs knows of them, written before the first result is looked at. */
export const Expected = z.object({
  jobs: z.array(
    z.object({
      id: z.string(),
      tasks: z.int(),
      repeats: z.int(),
      /** Rollouts of a group that were enough; null for all. */
      wanted: z.int().nullable(),
      /** Whether it was cancelled. */
      cancelled: z.boolean(),
      /** Each task's row as it was sent, by its place. */
      rows: z.array(z.string()),
    }),
  ),
  /** What an answer is worth, by the hash of row and text (`hashOf`). */
  answers: z.record(z.string(), z.object({ kind: z.string(), reward: z.number(), isHonest: z.boolean() })),
  /** Faults that were brought about: masks are believed beside them only. Milliseconds since 1970. */
  faults: z.array(z.object({ kind: z.string(), at: z.number(), until: z.number() })),
  /** Groups that a consumer kept, each line as it stored it with its cursor; null where nobody took groups. */
  taken: z.array(z.object({ job: z.string(), sequence: z.int(), rollouts: z.array(z.string()) })).nullable(),
});
export type Expected = z.infer<typeof Expected>;
export type ExpectedJob = Expected["jobs"][number];

/** How long after a fault's end an attempt may still be hurt by it, milliseconds. */
export const AFTERMATH_MS = 90_000;
