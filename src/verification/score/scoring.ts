import { z } from "zod";

/** Most subtasks of one row, and most weights. */
const MAX_ENTRIES = 10_000;
/** Sums of as many stay exact enough to divide. */
const MAX_POINTS = 1e9;

const Points = z.number().nonnegative().max(MAX_POINTS);

/** Cases that earn points together, as in olympiads (IOI). */
export const Subtask = z
  .strictObject({
    name: z.string().min(1).max(100),
    points: Points.describe("What it pays when all of its cases pass, in the row's own unit."),
    cases: z
      .array(z.int().nonnegative())
      .min(1)
      .max(MAX_ENTRIES)
      .describe("Positions of its tests in the row, from 0."),
    depends_on: z.array(z.string()).max(MAX_ENTRIES).default([]).describe("Subtasks without which it pays nothing."),
  })
  .meta({ id: "Subtask" });
export type Subtask = z.infer<typeof Subtask>;

/**
 * How cases become a reward between 0 and 1. A row's field; `all_or_nothing` where a row says nothing. A case that was
 * not run has not passed.
 */
export const Scoring = z
  .discriminatedUnion("scheme", [
    z.strictObject({ scheme: z.literal("all_or_nothing") }).describe("1 when every case passes, else 0 (NeMo Gym)."),
    z
      .strictObject({ scheme: z.literal("fraction") })
      .describe("The part of the cases that pass, with what checkers pay of others."),
    z
      .strictObject({
        scheme: z.literal("weighted"),
        weights: z.array(Points).min(1).max(MAX_ENTRIES).describe("One per test, in their order and in any unit."),
      })
      .describe("The weight of the cases that pass, as a part of all weight."),
    z
      .strictObject({ scheme: z.literal("subtasks"), subtasks: z.array(Subtask).min(1).max(MAX_ENTRIES) })
      .describe("The points of the subtasks that pay, as a part of all points. Cases of no subtask count nothing."),
  ])
  .superRefine((scoring, context) => {
    const problem = problemWithin(scoring);
    if (problem !== null) context.addIssue({ code: "custom", message: problem });
  })
  .meta({ id: "Scoring" });
export type Scoring = z.infer<typeof Scoring>;

/** NeMo Gym's. */
export const DEFAULT_SCORING: Scoring = { scheme: "all_or_nothing" };

/** Whether the reward depends on cases behind the first that fails, so that they must be run. */
export function needsEveryCase({ scheme }: Scoring): boolean {
  return scheme !== "all_or_nothing";
}

/** Why a scheme cannot score a row of `tests` tests; null when it can. For the schemas of rows. */
export function scoringProblem(scoring: Scoring, tests: number): string | null {
  if (tests < 1) return "a row without tests cannot be scored";
  if (scoring.scheme === "weighted" && scoring.weights.length !== tests) {
    return `${scoring.weights.length} weights for ${tests} tests`;
  }
  if (scoring.scheme !== "subtasks") return null;
  const beyond = scoring.subtasks.find(({ cases }) => cases.some((index) => index >= tests));
  return beyond ? `the subtask ${beyond.name} has cases beyond the row's ${tests} tests` : null;
}

function problemWithin(scoring: Scoring): string | null {
  if (scoring.scheme === "weighted") return scoring.weights.some((weight) => weight > 0) ? null : "no test has weight";
  if (scoring.scheme !== "subtasks") return null;
  const { subtasks } = scoring;
  const names = new Set(subtasks.map(({ name }) => name));
  if (names.size < subtasks.length) return "two subtasks have the same name";
  if (!subtasks.some(({ points }) => points > 0)) return "no subtask has points";
  // Only earlier ones: so there is no circle, and one pass over them is enough.
  const earlier = new Set<string>();
  for (const { name, depends_on } of subtasks) {
    const other = depends_on.find((needed) => !earlier.has(needed));
    if (other !== undefined) return `the subtask ${name} depends on ${other}, which is not one before it`;
    earlier.add(name);
  }
  return null;
}
