import type { Row } from "../port.ts";
import { type CheckedFixture, type Checks, failureOf, type ReferenceRun, verifyAnswer } from "./check-fixture.ts";
import type { Fixture } from "./fixtures.ts";
import { type Margin, marginProblem, marginsOf, marginText } from "./margin.ts";
import { searchSandbox } from "./search.ts";

export interface ReferenceInput {
  readonly fixture: Fixture;
  readonly row: Row;
  /** A row with other tests, where there is one. */
  readonly other: Row | null;
  /** The first verdict on it; null when it could not be verified. */
  readonly run: ReferenceRun | null;
}

export interface ReferenceCheck {
  readonly checked: CheckedFixture;
  readonly margins: readonly Margin[];
}

/** What only a reference shows: whether repeats agree, how near its limits it comes, and what its sandbox gives away. */
export async function checkReference(checks: Checks, input: ReferenceInput): Promise<ReferenceCheck[]> {
  return [await checkRepeats(checks, input), checkMargin(input), await checkSearch(checks, input)];
}

async function checkRepeats(checks: Checks, { fixture, row, run }: ReferenceInput): Promise<ReferenceCheck> {
  if (!run) return result(fixture, "repeats", NOT_VERIFIED);
  try {
    const seen = new Set([summary(run)]);
    for (let i = 1; i < checks.repeats; i++) seen.add(summary(await verifyAnswer(checks, row, fixture)));
    const problem = seen.size === 1 ? null : `${checks.repeats} repeats disagree: ${[...seen].join("; ")}`;
    return result(fixture, "repeats", { message: `${checks.repeats} repeats`, problem });
  } catch (error) {
    return result(fixture, "repeats", failureOf(error));
  }
}

function summary({ verdict: { reward, status, reason } }: ReferenceRun): string {
  return `reward ${reward}, ${reason ?? status}`;
}

function checkMargin({ fixture, run }: ReferenceInput): ReferenceCheck {
  if (!run) return result(fixture, "margin", NOT_VERIFIED);
  const margins = run.submission ? marginsOf(fixture.task, run.verdict, run.submission) : [];
  const message = margins.length === 0 ? NO_PROGRAM.message : margins.map(marginText).join(", ");
  return result(fixture, "margin", { message, problem: marginProblem(margins) }, margins);
}

async function checkSearch(checks: Checks, { fixture, row, other, run }: ReferenceInput): Promise<ReferenceCheck> {
  if (!run) return result(fixture, "search", NOT_VERIFIED);
  const { submission } = run;
  if (submission?.language !== "python") return result(fixture, "search", NO_PROGRAM);
  const verify = async (where: Row, answer: string) => (await verifyAnswer(checks, where, { answer })).verdict;
  try {
    return result(fixture, "search", await searchSandbox({ row, submission, other, verify }));
  } catch (error) {
    return result(fixture, "search", failureOf(error));
  }
}

/** The reference itself is the problem then. */
const NOT_VERIFIED = { message: "the reference could not be verified", problem: null };
const NO_PROGRAM = { message: "no Python program was run", problem: null };

function result(
  { task }: Fixture,
  kind: "repeats" | "margin" | "search",
  found: { readonly message: string; readonly problem: string | null },
  margins: readonly Margin[] = [],
): ReferenceCheck {
  return { checked: { reward: null, reason: null, ...found, task, fixture: kind, kind }, margins };
}
