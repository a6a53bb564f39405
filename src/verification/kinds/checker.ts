import type { CaseVerdict } from "../../contract/verdict.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Stage } from "../../execution/index.ts";
import { caseVerdict } from "../case-verdict.ts";
import { textOf } from "../compare/index.ts";
import { type Failure, stageFailure } from "../failure.ts";
import type { JudgingOptions } from "../judging-options.ts";
import { needsEveryCase } from "../score/index.ts";
import type { CheckerCase, CheckerTests, Program } from "../submission.ts";
import { outOfPatience } from "./cases.ts";
import { type CheckedOutput, checkOutputs } from "./checker/check-outputs.ts";
import { Control } from "./checker/control.ts";
import type { Opinion } from "./checker/opinion.ts";
import { compileJudgement, type Judgement, type Runs } from "./judgement.ts";

/** Bytes of one output that a checker gets to see, and of all outputs of a submission together. */
const OUTPUT_BYTES = 4 << 20;
const OUTPUTS_BYTES = 128 << 20;

/** Runs the program with every input, and the task's checker over what came out, in sandboxes of its own. */
export async function judgeChecker(
  runs: Runs,
  program: Program<CheckerTests>,
  { scoring }: Pick<JudgingOptions, "scoring">,
): Promise<Judgement> {
  const { code, language, limits, prelude, tests } = program;
  const { cases } = tests;
  const all = needsEveryCase(scoring);
  const isOver = all ? outOfPatience() : () => true;
  const ran = await runs.candidate({
    code,
    language,
    limits,
    ...(prelude === undefined ? {} : { prelude }),
    cases: cases.map(({ input }) => ({ stdin: Buffer.from(input) })),
    keepBytes: Math.min(OUTPUT_BYTES, Math.floor(OUTPUTS_BYTES / Math.max(1, cases.length))),
    stopAtFirstFailure: true,
    hasFailed: (_index, stage) => runFailure(stage) !== null && isOver(stage),
  });
  const failed = compileJudgement(ran, cases.length, "outside");
  if (failed) return failed;
  const verdicts = await verdictsOn(runs, tests, ran.cases, all ? outOfPatience() : isOver);
  return { cases: verdicts, tests: cases.length, isolation: "outside", sandbox: ran.cases[0]?.sandbox ?? null };
}

/** Verdicts in order, as far as a failure after which it is over. */
async function verdictsOn(
  runs: Runs,
  tests: CheckerTests,
  stages: readonly (Stage | null)[],
  isOver: (stage: Stage) => boolean,
): Promise<CaseVerdict[]> {
  const ran = stages.flatMap((stage, index): Ran[] => {
    const test = tests.cases[index];
    return stage && test ? [{ index, test, stage, failure: runFailure(stage) }] : [];
  });
  const whole = ran.filter(({ failure }) => failure === null);
  const outputs = whole.map(({ test, stage: { stdout } }): CheckedOutput => {
    return { test, output: Buffer.concat([stdout.head, stdout.tail]) };
  });
  const opinions = outputs.length > 0 ? await checkOutputs(runs.judge, tests.checker, outputs, isOver) : [];
  const opinionOn = new Map(whole.map(({ index }, at) => [index, opinions[at] ?? null]));
  const control = new Control(runs.judge, tests.checker);
  const verdicts: CaseVerdict[] = [];
  for (const { index, test, stage, failure } of ran) {
    const opinion = opinionOn.get(index) ?? null;
    if (!opinion && !failure) break;
    const judged = opinion ? await judgedBy(control, test, opinion) : { failure, evidence: [], score: 0 };
    const { score, ...found } = judged;
    const facts = { index, input: test.input, expected: test.answer ?? null, output: textOf(stage.stdout) };
    verdicts.push({ ...caseVerdict({ ...facts, ...found }, stage), score });
  }
  return verdicts;
}

/** A case that was run, and why its output is not worth a look. */
interface Ran {
  readonly index: number;
  readonly test: CheckerCase;
  readonly stage: Stage;
  readonly failure: Failure | null;
}

interface Checked {
  readonly failure: Failure | null;
  readonly evidence: readonly string[];
  readonly score: number;
}

async function judgedBy(control: Control, test: CheckerCase, opinion: Opinion): Promise<Checked> {
  const wrong = (evidence: readonly string[], score: number): Checked => ({
    failure: { status: "wrong_answer", message: `checker: ${opinion.message}` },
    evidence,
    score,
  });
  switch (opinion.kind) {
    case "accepted":
      return { failure: null, evidence: opinion.message ? [`checker: ${opinion.message}`] : [], score: 1 };
    case "rejected":
      return wrong([], opinion.score);
    case "fault":
      throw new SandlotError("verifier_failed", { detail: `checker: ${opinion.message}` });
    case "broken":
      return wrong([await control.blame(test, opinion)], 0);
  }
}

/** Why an output is not worth a look. */
function runFailure(stage: Stage): Failure | null {
  if (stage.stdout.dropped > 0) return { status: "wrong_answer", message: "far more output than a checker looks at" };
  return stageFailure(stage);
}
