import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Execution } from "../../execution/index.ts";
import { textOf } from "../compare/index.ts";
import { programTexts } from "../program-texts/program-texts.ts";
import { unbridgeable } from "../program-texts/unbridgeable.ts";
import type { Program, ProgramTests } from "../submission.ts";
import { findings, verdictOf } from "./assertions.ts";
import { readReport } from "./bridge-report.ts";
import { compileJudgement, type Judgement, type Run } from "./judgement.ts";

/** The one test that a program of tests is. */
const MAIN = "main";

/** Runs tests that are a program of the submission's language, compiled apart and run in a slot of their own. */
export async function judgePrograms(run: Run, program: Program<ProgramTests>): Promise<Judgement> {
  const { code, limits, language, tests } = program;
  const texts = programTexts(tests);
  const files = Object.entries(texts.files).map(([path, text]) => ({ path, data: Buffer.from(text) }));
  const result = await run({ language, limits, code, files, cases: [{}], tests: { program: texts.tests } });
  checkTests(result);
  const failed = compileJudgement(result, 1, "bridge");
  if (failed) return failed;
  const [stage] = result.cases;
  if (!stage) throw new Error("an execution without its case");
  const verdicts = findings(stage, [MAIN]).map((finding, index) => verdictOf(finding, index, stage));
  return { cases: verdicts, tests: verdicts.length, isolation: "bridge", sandbox: stage.sandbox };
}

/** What the static assertion of sandboxes/cpp/bridge says. */
const NO_PLAIN_TYPE = "values of this type cannot cross the bridge";
const DETAIL_LENGTH = 500;

/** Throws what is the tests' own fault, which no program could have brought about. */
function checkTests({ testsCompile, cases: [stage] }: Execution): void {
  if (testsCompile && testsCompile.status !== "ok") {
    const said = textOf(testsCompile.stderr);
    if (said.includes(NO_PLAIN_TYPE)) throw unbridgeable("declaration", NO_PLAIN_TYPE);
    const detail = `the tests do not compile: ${testsCompile.message} ${said}`.slice(0, DETAIL_LENGTH);
    throw new SandlotError("verifier_failed", { detail });
  }
  const report = stage?.tests?.report ? readReport(stage.tests.report) : null;
  if (report?.unbridgeable !== undefined) throw unbridgeable("source", report.unbridgeable);
  const hasPassed = report?.tests.every(({ status }) => status === "passed");
  if (report?.load.ok && hasPassed && report.calls === 0)
    throw unbridgeable("source", "the tests never call the entry point");
}
