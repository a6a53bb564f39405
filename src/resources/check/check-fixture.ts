import type { Verdict } from "../../contract/verdict.ts";
import { type CallContext, newTrace } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Clock } from "../../core/clock.ts";
import type { Submission } from "../../verification/index.ts";
import type { Environment } from "../environment.ts";
import type { Row } from "../port.ts";
import { responseOf, verifyResponse } from "../verify-response.ts";
import { EXPECTATIONS, type Fixture, type FixtureKind } from "./fixtures.ts";
import type { ProgramLog } from "./program-log.ts";

/** What became of one fixture, or of one further check of a reference. */
export interface CheckedFixture {
  readonly task: string;
  readonly fixture: string;
  readonly kind: FixtureKind | "repeats" | "margin" | "search";
  readonly reward: number | null;
  readonly reason: string | null;
  readonly message: string;
  /** Why this is not as it should be; null when it is. */
  readonly problem: string | null;
}

/** What every check is made with. */
export interface Checks {
  readonly ctx: CallContext;
  readonly environment: Environment;
  readonly programs: ProgramLog;
  readonly clock: Clock;
  readonly repeats: number;
}

/** A verdict, and the program that the resource submitted for it; null when it submitted none. */
export interface ReferenceRun {
  readonly verdict: Verdict;
  readonly submission: Submission | null;
}

export async function checkFixture(
  checks: Checks,
  row: Row,
  fixture: Fixture,
  onVerdict: (run: ReferenceRun) => void,
): Promise<CheckedFixture> {
  const { task, name, kind } = fixture;
  try {
    const run = await verifyAnswer(checks, row, fixture);
    onVerdict(run);
    const { reward, reason, message } = run.verdict;
    const problem = problemOf(checks.environment, fixture, run.verdict);
    return { task, fixture: name, kind, reward, reason, message, problem };
  } catch (error) {
    return { task, fixture: name, kind, ...failureOf(error) };
  }
}

/** The verdict on a final text, or on output items, as if a model had answered it. */
export async function verifyAnswer(
  { ctx, environment, programs, clock }: Checks,
  row: Row,
  { answer, output }: Pick<Fixture, "answer" | "output">,
): Promise<ReferenceRun> {
  const trace = newTrace();
  try {
    const input = { environment, row, response: responseOf(answer, output), clock };
    const verdict = await verifyResponse({ ...ctx, trace }, input);
    return { verdict, submission: programs.take(trace) };
  } finally {
    programs.take(trace);
  }
}

/** What a check says that could not be made. */
export function failureOf(error: unknown): Pick<CheckedFixture, "reward" | "reason" | "message" | "problem"> {
  const { message, code } = SandlotError.from(error);
  return { reward: null, reason: code, message, problem: `verification failed: ${message}` };
}

function problemOf(environment: Environment, fixture: Fixture, { reward, reason }: Verdict): string | null {
  const expected = EXPECTATIONS[fixture.kind];
  const [lowest, highest] = environment.manifest.reward_range;
  const wanted = expected.reward === "highest" ? highest : lowest;
  if (reward !== wanted) return `reward ${reward} instead of ${wanted}`;
  if (expected.reasons && !expected.reasons.some((known) => known === reason)) {
    return `failed for ${reason ?? "nothing"} instead of ${expected.reasons.join(" or ")}`;
  }
  return null;
}
