import type { RunAnswer } from "./answers.ts";

/** The answer of `POST /submit`. */
export interface EvalResult {
  readonly id: number | string;
  readonly accepted: boolean;
  readonly extracted_code: string;
  readonly full_code: string | null;
  readonly test_code: null;
  readonly tests: readonly EvalTest[];
  readonly extracted_type: null;
  readonly extra: Readonly<Record<string, unknown>> | null;
}

export interface EvalTest {
  readonly passed: boolean;
  readonly exec_info: RunAnswer;
  readonly test_info: StdioCase | null;
}

/** Input and expected output of a case; `stdin` and `stdout` are what counts. */
export interface StdioCase {
  readonly input: Readonly<Record<string, string>>;
  readonly output: Readonly<Record<string, string>>;
}
