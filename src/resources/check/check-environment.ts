import pLimit, { type LimitFunction } from "p-limit";
import type { Clock } from "../../core/clock.ts";
import type { CallContext } from "../../core/context.ts";
import type { Environment } from "../environment.ts";
import type { Row } from "../port.ts";
import { rowOfTask, rowsByTask } from "../tasks.ts";
import { checkFixture, type CheckedFixture, type ReferenceRun } from "./check-fixture.ts";
import { checkReference } from "./check-reference.ts";
import { type Fixture, readFixtures, syntheticFixtures } from "./fixtures.ts";
import { hackSuite } from "./hack-suite.ts";
import type { Margin } from "./margin.ts";
import type { ProgramLog } from "./program-log.ts";

export interface CheckReport {
  readonly environment: string;
  /** How many were checked. */
  readonly tasks: number;
  readonly checked: readonly CheckedFixture[];
  /** What the references use of their limits, the tightest first. */
  readonly margins: readonly Margin[];
  /** Things that no single fixture shows, e.g. a task without a reference. */
  readonly problems: readonly string[];
  readonly ok: boolean;
}

export interface CheckOptions {
  /** Ids of the tasks to be checked; default: all of the dataset. */
  readonly tasks?: readonly string[] | undefined;
  /** Fixtures verified at once. */
  readonly parallel: number;
  /** How often a reference is verified, to see whether the verdicts agree. */
  readonly repeats: number;
  /** What the environment's resource submits its programs to. */
  readonly programs: ProgramLog;
  readonly clock: Clock;
  readonly onChecked?: (checked: CheckedFixture, done: number, total: number) => void;
}

/**
 * Proves a verifier. Fixtures: references and honest variants get the highest reward, everything else the lowest, failures
 * for the reason their kind names. References: a suite of hacks round each scores nothing, repeats agree, the limits leave
 * room, and what is expected cannot be found in the sandbox. Verification only; no agent, no model. Throws `unknown_task`.
 */
export async function checkEnvironment(
  ctx: CallContext,
  environment: Environment,
  options: CheckOptions,
): Promise<CheckReport> {
  const rows = await environment.dataset(ctx);
  const byTask = chosenTasks(rows, options.tasks);
  const all = await readFixtures(environment.folder);
  const own = options.tasks ? all.filter(({ task }) => byTask.has(task)) : all;
  const references = own.filter(({ kind, task }) => kind === "reference" && byTask.has(task));
  const fixtures = [...own, ...Array.from(byTask.keys()).flatMap(syntheticFixtures), ...references.flatMap(hackSuite)];
  const limit = pLimit(options.parallel);
  const progress = new Progress(fixtures.length + EXTRA_CHECKS * references.length, options);
  const runs = new Map<Fixture, ReferenceRun>();
  const checks = { ctx, environment, ...options };
  const checked = await inParallel(limit, fixtures, async (fixture) => {
    const row = byTask.get(fixture.task);
    if (!row) return [progress.tell(orphan(fixture))];
    const onVerdict = (run: ReferenceRun) => void (fixture.kind === "reference" && runs.set(fixture, run));
    return [progress.tell(await checkFixture(checks, row, fixture, onVerdict))];
  });
  const others = otherRows(rows);
  const further = await inParallel(limit, references, async (fixture) => {
    const row = byTask.get(fixture.task) as Row;
    const results = await checkReference(checks, { fixture, row, other: others(row), run: runs.get(fixture) ?? null });
    return results.map((result) => ({ ...result, checked: progress.tell(result.checked) }));
  });
  const problems = missingFixtures(byTask, own);
  const everything = [...checked, ...further.map((one) => one.checked)];
  const margins = further.flatMap((one) => one.margins).sort((a, b) => b.used - a.used);
  const ok = problems.length === 0 && everything.every((result) => result.problem === null);
  return { environment: environment.name, tasks: byTask.size, checked: everything, margins, problems, ok };
}

function chosenTasks(rows: readonly Row[], ids: readonly string[] | undefined): ReadonlyMap<string, Row> {
  const byTask = rowsByTask(rows);
  return ids ? new Map(ids.map((id) => [id, rowOfTask(byTask, id)])) : byTask;
}

/** Repeats, margin and search. */
const EXTRA_CHECKS = 3;

async function inParallel<T, R>(
  limit: LimitFunction,
  items: readonly T[],
  work: (item: T) => Promise<R[]>,
): Promise<R[]> {
  return (await Promise.all(items.map((item) => limit(() => work(item))))).flat();
}

class Progress {
  readonly #total: number;
  readonly #options: Pick<CheckOptions, "onChecked">;
  #done = 0;

  constructor(total: number, options: Pick<CheckOptions, "onChecked">) {
    this.#total = total;
    this.#options = options;
  }

  tell(checked: CheckedFixture): CheckedFixture {
    this.#options.onChecked?.(checked, ++this.#done, this.#total);
    return checked;
  }
}

/** For each row another one, whose tests are not its own. */
function otherRows(rows: readonly Row[]): (row: Row) => Row | null {
  return (row) => rows.find((other) => other !== row) ?? null;
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
