import type { CaseVerdict } from "../../contract/verdict.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Stage } from "../../execution/index.ts";
import { caseVerdict } from "../case-verdict.ts";
import { textOf } from "../excerpt.ts";
import { type Failure, stageFailure } from "../failure.ts";
import type { CheckerTests, Submission } from "../submission.ts";
import { type CheckedOutput, checkOutputs } from "./checker/check-outputs.ts";
import { blameForBreaking } from "./checker/control.ts";
import type { Opinion } from "./checker/opinion.ts";
import { compileJudgement, type Judgement, type Runs } from "./judgement.ts";

type CheckerSubmission = Submission & { readonly tests: CheckerTests };

/** Bytes of one output that a checker gets to see, and of all outputs of a submission together. */
const OUTPUT_BYTES = 4 << 20;
const OUTPUTS_BYTES = 128 << 20;

/** Runs the program with every input, and the task's checker over what came out, in sandboxes of its own. */
export async function judgeChecker(runs: Runs, submission: CheckerSubmission): Promise<Judgement> {
  const { code, language, limits, prelude, tests } = submission;
  const { cases } = tests;
  const ran = await runs.candidate({
    ...{ code, language, limits, ...(prelude === undefined ? {} : { prelude }) },
    cases: cases.map(({ input }) => ({ stdin: Buffer.from(input) })),
    keepBytes: Math.min(OUTPUT_BYTES, Math.floor(OUTPUTS_BYTES / Math.max(1, cases.length))),
    stopAtFirstFailure: true,
    hasFailed: (_index, stage) => runFailure(stage) !== null,
  });
  const failed = compileJudgement(ran, cases.length, "outside");
  if (failed) return failed;
  const stages = ran.cases.filter((stage) => stage !== null);
  const verdicts = await verdictsOn(runs, tests, stages);
  return { cases: verdicts, tests: cases.length, isolation: "outside", sandbox: stages[0]?.sandbox ?? null };
}

/** Verdicts in order, as far as the first that is not passed. */
async function verdictsOn(runs: Runs, tests: CheckerTests, stages: readonly Stage[]): Promise<CaseVerdict[]> {
  const whole = stages.filter((stage) => runFailure(stage) === null);
  const outputs = whole.map((stage, index): CheckedOutput => {
    const test = tests.cases[index];
    if (!test) throw new Error("a run without its case");
    return { test, output: Buffer.concat([stage.stdout.head, stage.stdout.tail]) };
  });
  const opinions = outputs.length > 0 ? await checkOutputs(runs.judge, tests.checker, outputs) : [];
  const verdicts: CaseVerdict[] = [];
  for (const [index, stage] of stages.entries()) {
    const opinion = opinions[index];
    const failure = runFailure(stage);
    if (!opinion && !failure) break;
    const judged = failure ? { failure, evidence: [], score: 0 } : await judgedBy(runs, tests, index, opinion);
    const { input = "", answer = null } = tests.cases[index] ?? {};
    const facts = { index, input, expected: answer, output: textOf(stage.stdout) };
    const { score, ...found } = judged;
    verdicts.push({ ...caseVerdict({ ...facts, ...found }, stage), score });
    if (judged.failure) break;
  }
  return verdicts;
}

interface Checked {
  readonly failure: Failure | null;
  readonly evidence: readonly string[];
  readonly score: number;
}

async function judgedBy(
  runs: Runs,
  { cases, checker }: CheckerTests,
  index: number,
  opinion: Opinion | undefined,
): Promise<Checked> {
  const test = cases[index];
  if (!opinion || !test) throw new Error("an output without its opinion");
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
      return wrong([await blameForBreaking(runs.judge, checker, test, opinion)], 0);
  }
}

/** Why an output is not worth a look. */
function runFailure(stage: Stage): Failure | null {
  if (stage.stdout.dropped > 0) return { status: "wrong_answer", message: "far more output than a checker looks at" };
  return stageFailure(stage);
}
