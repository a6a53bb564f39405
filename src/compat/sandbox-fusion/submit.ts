import type { CallContext } from "../../core/context.ts";
import { autoEvalProgram } from "./auto-eval.ts";
import { judgeStdio } from "./common-oj.ts";
import { customBlocks } from "./custom-extract.ts";
import type { EvalResult } from "./eval-result.ts";
import { chooseBlock, codeBlocks } from "./extract-code.ts";
import { literal } from "./fields.ts";
import { Fetching, inputFiles } from "./files.ts";
import type { DialectLanguage } from "./languages.ts";
import type { Timeouts } from "./limits.ts";
import { column, datasetType, providedRow } from "./provided-data.ts";
import { badValue, type Problem, Refusal, unprocessable } from "./refusal.ts";
import type { SubmitRequest, TestConfig } from "./requests.ts";
import { runJob } from "./run-code.ts";
import type { Runner } from "./run-in-image.ts";
import { stdioCases } from "./stdio-cases.ts";

type Languages = ReadonlyMap<string, DialectLanguage>;

/** Languages whose programs get 10 seconds, not 20, where a problem says nothing. */
const QUICK_LANGUAGES: ReadonlySet<string> = new Set(["cpp", "go", "java"]);

/** `POST /submit`. Throws refusals and faults of ours; a wrong program is an answer. */
export function submit(
  ctx: CallContext,
  runner: Runner,
  languages: Languages,
  request: SubmitRequest,
): Promise<EvalResult> {
  const type = datasetType(request.dataset, request.config);
  const grade = type === "CommonOJDataset" ? commonOj : autoEval;
  return grade(ctx, runner, languages, request);
}

async function commonOj(
  ctx: CallContext,
  runner: Runner,
  languages: Languages,
  { dataset, id, completion, config }: SubmitRequest,
): Promise<EvalResult> {
  const language = config.language === null ? undefined : languages.get(config.language);
  if (!language) throw new Refusal(400, "config.language field must exist for CommonOJDataset, got None");
  const row = providedRow(dataset, config);
  const cases = stdioCases(column(row, "test"));
  const timeouts = timeoutsOf(config, QUICK_LANGUAGES.has(language.name) ? 10 : 20);
  const blocks = codeBlocks(completion, language.name);
  const logic = config.custom_extract_logic;
  if (logic !== null) blocks.push(...(await customBlocks(ctx, runner, completion, logic)));
  return judgeStdio(ctx, runner, {
    id,
    language,
    code: chooseBlock(blocks, language.name),
    cases,
    timeouts,
    runAllCases: Boolean(config.extra["run_all_cases"]),
    returnFullCase: Boolean(config.extra["return_full_case"]),
  });
}

async function autoEval(
  ctx: CallContext,
  runner: Runner,
  languages: Languages,
  request: SubmitRequest,
): Promise<EvalResult> {
  const program = autoEvalProgram(providedRow(request.dataset, request.config), request);
  const language = executionLanguage(program.language, languages);
  const result = await runJob(ctx, runner, {
    language,
    code: program.fullCode,
    timeouts: timeoutsOf(request.config, 20, 40),
    memoryMib: -1,
    stdin: null,
    files: inputFiles(program.assets),
    fetching: new Fetching([]),
  });
  const ended = result.status === "Success";
  const accepted = ended && (program.flag === null || (result.run_result?.stdout ?? "").includes(program.flag));
  return {
    id: request.id,
    accepted,
    extracted_code: program.extractedCode,
    full_code: program.fullCode,
    test_code: null,
    tests: [{ passed: accepted, exec_info: result, test_info: null }],
    extracted_type: null,
    extra: {},
  };
}

/** The language in which an AutoEval row is run; 422 when it cannot be run here. */
function executionLanguage(name: string, languages: Languages): DialectLanguage {
  const problems: Problem[] = [];
  const loc = ["body", "config", "provided_data", "labels", "execution_language"];
  const language = languages.get(literal([...languages.keys()])(name, loc, problems) ?? "");
  if (!language) throw unprocessable(problems);
  return language;
}

/** Limits that are left out, or 0, are the grader's own. */
function timeoutsOf({ compile_timeout, run_timeout }: TestConfig, run: number, compile = 10): Timeouts {
  const timeouts = { compile: compile_timeout || compile, run: run_timeout || run };
  for (const [name, seconds] of Object.entries(timeouts)) {
    if (seconds < 0) throw badValue(["body", "config", `${name}_timeout`], "less than no time", seconds);
  }
  return timeouts;
}
