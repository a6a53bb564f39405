import { z } from "zod";
import type { Route } from "./route.ts";

/** A rollout's program, and what judges it, as they were submitted to a sandbox. */
export const SubmissionView = z
  .object({
    rollout_id: z.string(),
    task_id: z.string(),
    language: z.string(),
    image: z.string().describe("A folder of sandboxes/."),
    memory_mb: z.int().nullable().describe("As the environment has it; null where the image's limit counts."),
    code: z.string(),
    prelude: z.string().nullable().describe("What is executed before the program."),
    tests: z
      .array(z.object({ input: z.string(), expected: z.string() }))
      .nullable()
      .describe("Null without the scope hidden_tests, and where tests assert by themselves."),
    test_source: z
      .string()
      .nullable()
      .describe("Tests that assert by themselves; null without the scope hidden_tests."),
  })
  .meta({ id: "Submission" });
export type SubmissionView = z.infer<typeof SubmissionView>;

/** What was submitted, to look at and to try again by hand. */
export const SUBMISSION_ROUTES = {
  getSubmission: {
    method: "GET",
    path: "/api/v1/rollouts/{id}/submission",
    summary: "The program of a rollout, and its tests for those who may see them; nothing is run",
    scope: "jobs",
    status: 200,
    response: SubmissionView,
  },
} as const satisfies Record<string, Route>;
