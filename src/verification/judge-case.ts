import type { OutputFile, RunLimits, RunRequest, RunResult } from "../sandbox/index.ts";
import { parseJson } from "../core/json/parse.ts";
import type { CodeTest } from "./code-tests.ts";
import { compareOutput } from "./compare-output.ts";
import { sameValue } from "./compare-values.ts";
import { textOf } from "./excerpt.ts";
import { type Failure, runFailure } from "./failure.ts";
import { CALL_HARNESS } from "./harness/index.ts";
import { type ExactValue, parsePythonJson } from "./python-json.ts";

/** What a candidate answered to a test, for people, and why it is not right; null when it is. */
export interface Judged {
  readonly output: string;
  readonly failure: Failure | null;
}

const RESULT_FILE = "result.json";

/**
 * Bytes of an answer that are looked at. More than a multiple of what is expected cannot be right, and comparing it
 * would only cost time.
 */
function answerBytes(expected: string): number {
  return 64 * 1024 + 8 * Buffer.byteLength(expected);
}

/** The run that puts `code` to a test. Nothing of the expected side is in it. */
export function caseRequest(code: string, test: CodeTest, prelude: string, limits: RunLimits): RunRequest {
  if (test.kind === "stdin") {
    const program = { interpreter: "python", source: code, prelude } as const;
    return { program, stdin: Buffer.from(test.input), limits, keepBytes: answerBytes(test.expected) };
  }
  const call = { prelude, function: test.functionName, arguments: test.arguments };
  return {
    program: { interpreter: "python", source: CALL_HARNESS },
    files: [
      { path: "solution.py", data: Buffer.from(code) },
      { path: "call.json", data: Buffer.from(JSON.stringify(call)) },
    ],
    outputs: [{ path: RESULT_FILE, limit: answerBytes(test.expected) }],
    limits,
    keepBytes: EXCERPT_BYTES,
  };
}

/** Of a function's own prints; they are only shown. */
const EXCERPT_BYTES = 64 * 1024;

/** Compares a run with what the test expects. Runs outside every sandbox. */
export function judgeCase(test: CodeTest, result: RunResult): Judged {
  return test.kind === "stdin" ? judgeOutput(test.expected, result) : judgeValue(test.expected, result);
}

function judgeOutput(expected: string, result: RunResult): Judged {
  const output = textOf(result.stdout);
  const failure = runFailure(result);
  if (failure) return { output, failure };
  if (result.stdout.dropped > 0) {
    return { output, failure: { status: "wrong_answer", message: "far more output than expected" } };
  }
  const difference = compareOutput(output, expected);
  return { output, failure: difference === null ? null : { status: "wrong_answer", message: difference } };
}

function judgeValue(expected: string, result: RunResult): Judged {
  const file = result.files[0];
  const answer = file ? readAnswer(file) : null;
  // A limit ends the run whatever was written before; otherwise a value that was returned is the answer, even when
  // the program failed afterwards.
  if (result.limit || !answer) return { output: textOf(result.stdout), failure: runFailure(result) ?? missing(file) };
  if ("failure" in answer) return { output: textOf(result.stdout), failure: answer.failure };
  const right = sameValue(answer.value, parsePythonJson(expected));
  return {
    output: answer.text,
    failure: right ? null : { status: "wrong_answer", message: "another value was returned" },
  };
}

function readAnswer(file: OutputFile): { text: string; value: ExactValue } | { failure: Failure } | null {
  if (file.status !== "ok") return null;
  try {
    const result = parseJson(Buffer.from(file.data).toString("utf8")) as { value?: unknown; unserialisable?: unknown };
    if (typeof result.value === "string") return { text: result.value, value: parsePythonJson(result.value) };
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
