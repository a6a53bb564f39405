import { z } from "zod";

/** How a candidate failed a test, or that it passed. A closed list: infrastructure faults are never among them. */
export const CASE_STATUSES = [
  "passed",
  "wrong_answer",
  "runtime_error",
  "time_limit",
  "memory_limit",
  "output_limit",
  "disk_limit",
  "process_limit",
  "compile_error",
  "no_tests",
  "tampered",
  "skipped",
] as const;
export const CaseStatus = z.enum(CASE_STATUSES).meta({ id: "CaseStatus" });
export type CaseStatus = z.infer<typeof CaseStatus>;

/** Milliseconds spent on one test, measured inside the sandbox but for `queue_ms`. */
export const CaseTimes = z
  .object({
    queue_ms: z.number().describe("Waiting for a sandbox. Never counted against the candidate."),
    setup_ms: z.number().describe("Making the slot."),
    wall_ms: z.number().describe("From the program's start to its end."),
    cpu_ms: z.number().describe("User and system time of all processes of the run."),
  })
  .meta({ id: "CaseTimes" });

/** For people: lines with their numbers, and a mark below the first character that differs. */
const Difference = z
  .object({ output: z.string(), expected: z.string() })
  .meta({ id: "Difference", description: "Where standard output first differs from what is expected, in context." });

/** What was found out about one test. */
export const CaseVerdict = z
  .object({
    index: z.int().min(0).describe("Position of the test in the row."),
    id: z.string().nullable().optional().describe("Name of the test, where it has one."),
    status: CaseStatus,
    message: z.string().describe("One sentence: why."),
    score: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe("What the task's checker gives; below 1 the test is not passed."),
    times: CaseTimes.nullable().describe("Null when the test never ran."),
    memory_peak_bytes: z.int().nullable(),
    input: z.string().nullable().describe("Excerpt of the test's input."),
    expected: z.string().nullable().describe("Excerpt of the expected output; null without the scope hidden_tests."),
    output: z.string().nullable().describe("Excerpt of the candidate's output or returned value."),
    difference: Difference.nullable().optional().describe("Null without the scope hidden_tests."),
    stderr: z.string().nullable().describe("End of the candidate's standard error."),
    evidence: z
      .array(z.string())
      .describe("Signs of tampering or faults met on the way; never the ground of a failure."),
  })
  .meta({ id: "CaseVerdict" });
export type CaseVerdict = z.infer<typeof CaseVerdict>;

/** How the program was held apart from what judges it. */
export const Isolation = z.enum(["outside", "bridge", "shared"]).meta({
  id: "Isolation",
  description:
    "outside: what came out was compared outside every sandbox. bridge: the tests ran in a slot of their own and called " +
    "the program over a bridge. shared: tests and program in one process, under a harness that trusts neither.",
});
export type Isolation = z.infer<typeof Isolation>;

/** What a verifier found. */
export const Verdict = z
  .object({
    reward: z.number(),
    status: z.enum(["passed", "failed"]),
    reason: CaseStatus.nullable().describe("Status of the first test that failed; null when all passed."),
    message: z.string(),
    answer: z.string().nullable().describe("What was extracted from the response and judged."),
    cases: z.array(CaseVerdict),
    tests: z.int().describe("How many tests the row has; `cases` may be shorter when the first failure ends the run."),
    reward_components: z.record(z.string(), z.number()).optional(),
    metrics: z.record(z.string(), z.number()).optional(),
    isolation: Isolation.nullable().optional().describe("Null when no program was judged."),
    flaky: z.boolean().describe("Whether repeats of the same test disagreed."),
    sandbox: z
      .object({ provider: z.string(), mode: z.string(), image: z.string() })
      .nullable()
      .describe("Where the candidate ran."),
  })
  .meta({ id: "Verdict" });
export type Verdict = z.infer<typeof Verdict>;
