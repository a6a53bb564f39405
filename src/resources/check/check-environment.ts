import pLimit from "p-limit";
import type { ResponseObject } from "../../contract/responses.ts";
import type { Verdict } from "../../contract/verdict.ts";
import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Environment } from "../environment.ts";
import type { Row } from "../port.ts";
import { taskIdOf } from "../row.ts";
import { EXPECTATIONS, type Fixture, readFixtures, syntheticFixtures } from "./fixtures.ts";

/** What became of one fixture. */
export interface CheckedFixture {
  readonly task: string;
  readonly fixture: string;
  readonly kind: Fixture["kind"];
  readonly reward: number | null;
  readonly reason: string | null;
  readonly message: string;
  /** Why this is not as it should be; null when it is. */
  readonly problem: string | null;
}

export interface CheckReport {
  readonly environment: string;
  readonly tasks: number;
  readonly checked: readonly CheckedFixture[];
  /** Things that no single fixture shows, e.g. a task without a reference. */
  readonly problems: readonly string[];
  readonly ok: boolean;
}

export interface CheckOptions {
  /** Fixtures verified at once. */
  readonly parallel: number;
  readonly onChecked?: (checked: CheckedFixture, done: number, total: number) => void;
}

/**
 * Proves a verifier on its fixtures: references and honest variants get the highest reward, everything else the
 * lowest, failures for the reason their kind names. Verification only; no agent, no model.
 */
export async function checkEnvironment(
  ctx: CallContext,
  environment: Environment,
  options: CheckOptions,
): Promise<CheckReport> {
  const rows = await environment.dataset(ctx);
  const byTask = new Map(rows.map((row, index) => [taskIdOf(row, index), row]));
  const own = await readFixtures(environment.folder);
  const fixtures = [...own, ...Array.from(byTask.keys()).flatMap(syntheticFixtures)];
  const problems = missingFixtures(byTask, own);
  const limit = pLimit(options.parallel);
  let done = 0;
  const checked = await Promise.all(
    fixtures.map((fixture) =>
      limit(async () => {
        const row = byTask.get(fixture.task);
        const result = row ? await checkFixture(ctx, environment, row, fixture) : orphan(fixture);
        options.onChecked?.(result, ++done, fixtures.length);
        return result;
      }),
    ),
  );
  const ok = problems.length === 0 && checked.every((result) => result.problem === null);
  return { environment: environment.name, tasks: rows.length, checked, problems, ok };
}

async function checkFixture(
  ctx: CallContext,
  environment: Environment,
  row: Row,
  fixture: Fixture,
): Promise<CheckedFixture> {
  const { task, name, kind } = fixture;
  try {
    const verdict = await verifyFixture(ctx, environment, row, fixture);
    const { reward, reason, message } = verdict;
    return { task, fixture: name, kind, reward, reason, message, problem: problemOf(environment, fixture, verdict) };
  } catch (error) {
    const { message, code } = SandlotError.from(error);
    return {
      task,
      fixture: name,
      kind,
      reward: null,
      reason: code,
      message,
      problem: `verification failed: ${message}`,
    };
  }
}

/** The verdict on a fixture, as if a model had answered it. */
async function verifyFixture(ctx: CallContext, environment: Environment, row: Row, fixture: Fixture): Promise<Verdict> {
  const token = await environment.resource.seed(ctx, row);
  try {
    return await environment.resource.verify(ctx, token, row, responseOf(fixture));
  } finally {
    await environment.resource.close(ctx, token);
  }
}

function responseOf({ answer, output }: Fixture): ResponseObject {
  const content = [{ type: "output_text", text: answer, annotations: [] }];
  const message = { id: "msg_fixture", type: "message", role: "assistant", status: "completed", content };
  return {
    id: "resp_fixture",
    object: "response",
    created_at: 0,
    model: "fixture",
    output: [...(output ?? [message])],
  };
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

function missingFixtures(byTask: ReadonlyMap<string, Row>, fixtures: readonly Fixture[]): string[] {
  const wanted = ["reference", "wrong", "hack"] as const;
  return Array.from(byTask.keys()).flatMap((task) =>
    wanted
      .filter((kind) => !fixtures.some((fixture) => fixture.task === task && fixture.kind === kind))
      .map((kind) => `task ${task} has no ${kind} fixture`),
  );
}

function orphan({ task, name, kind }: Fixture): CheckedFixture {
  const problem = `the dataset has no task ${task}`;
  return { task, fixture: name, kind, reward: null, reason: null, message: "", problem };
}
