import type { ExecutionCase, Stage } from "../execution/index.ts";
import { parseJson } from "../core/json/parse.ts";
import type { OutputFile } from "../sandbox/index.ts";
import type { Judged } from "./case-verdict.ts";
import type { CodeTest } from "./code-tests.ts";
import {
  compareValues,
  type ExactValue,
  parsePythonJson,
  parseTaggedJson,
  textOf,
  type ValueComparison,
} from "./compare/index.ts";
import { type Failure, stageFailure } from "./failure.ts";
import { TAGGED_VALUES } from "./harness/index.ts";

export type Call = Extract<CodeTest, { kind: "call" }>;

const RESULT_FILE = "result.json";
/** Of a function's own prints; they are only shown. */
const PRINTS_BYTES = 64 * 1024;

interface CallOptions {
  readonly prelude?: string | undefined;
  readonly answerBytes: number;
  readonly values: ValueComparison;
}

/** The case that calls the function. Nothing of the expected side is in it. */
export function callCase(test: Call, { prelude = "", answerBytes, values }: CallOptions): ExecutionCase {
  const call = { prelude, function: test.functionName, arguments: test.arguments, values };
  const modules = values === "exact" ? [{ path: "tagged.py", data: Buffer.from(TAGGED_VALUES) }] : [];
  return {
    files: [{ path: "call.json", data: Buffer.from(JSON.stringify(call)) }, ...modules],
    outputs: [{ path: RESULT_FILE, limit: answerBytes }],
    keepBytes: PRINTS_BYTES,
  };
}

/** Compares what the function has returned with what the test expects. Runs outside every sandbox. */
export function judgeCall(expected: string, stage: Stage, values: ValueComparison): Judged {
  const file = stage.files[0];
  const parse = values === "exact" ? parseTaggedJson : parsePythonJson;
  const answer = file ? readAnswer(file, parse) : null;
  // A limit ends the run whatever was written before; otherwise a value that was returned is the answer, even when
  // the program failed afterwards.
  const mayAnswer = stage.status === "ok" || stage.status === "runtime_error";
  if (!mayAnswer || !answer) return { output: textOf(stage.stdout), failure: stageFailure(stage) ?? missing(file) };
  if ("failure" in answer) return { output: textOf(stage.stdout), failure: answer.failure };
  const right = compareValues(values, answer.value, parse(expected));
  return {
    output: answer.text,
    failure: right ? null : { status: "wrong_answer", message: "another value was returned" },
  };
}

function readAnswer(
  file: OutputFile,
  parse: (text: string) => ExactValue,
): { text: string; value: ExactValue } | { failure: Failure } | null {
  if (file.status !== "ok") return null;
  try {
    const result = parseJson(Buffer.from(file.data).toString("utf8")) as { value?: unknown; unserialisable?: unknown };
    if (typeof result.value === "string") return { text: result.value, value: parse(result.value) };
    const what =
      typeof result.unserialisable === "string" ? result.unserialisable.slice(0, 300) : "nothing that can be read";
    return { failure: { status: "wrong_answer", message: `returned what is not a JSON value: ${what}` } };
  } catch (error) {
    return {
      failure: { status: "wrong_answer", message: `returned what cannot be read: ${(error as Error).message}` },
    };
  }
}

function missing(file: OutputFile | undefined): Failure {
  if (file?.status === "too_large") return { status: "wrong_answer", message: "far more was returned than expected" };
  return { status: "no_tests", message: "the program ended before the function returned" };
}
