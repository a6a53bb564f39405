import type { z } from "zod";
import type { RunLimits } from "../sandbox/index.ts";
import type { CodeTest } from "./code-tests.ts";
import type { OutputComparison, ValueComparison } from "./compare/index.ts";
import type { CodeExtraction, CodeExtractionOptions } from "./extract/index.ts";
import type { Scoring } from "./score/index.ts";

/** A program, and the tests that it has to pass. */
export interface Submission {
  /** The program itself, or the answer that it is taken out of. */
  readonly code: string | Answer;
  /** Name or alias of a language of the images. */
  readonly language: string;
  /** An image that has it; default: the language's own. */
  readonly image?: string;
  readonly tests: Tests;
  /**
   * How the tests become the reward; default: all or nothing. Other schemes go by the positions of tests, so they need
   * tests that are known before they run: `unittest` needs `expected`.
   */
  readonly scoring?: z.input<typeof Scoring> | undefined;
  /** Of each run of the program. */
  readonly limits: Partial<RunLimits>;
  /**
   * How often it is judged, 1 to 100, default 1. Where the repeats disagree the verdict is `flaky`, which is no verdict for a
   * trainer: a program that tosses coins could buy a mask so. For finding flaky tests, then, and not for training.
   */
  readonly repeat?: number | undefined;
  /** Python executed before the program, in its namespace. */
  readonly prelude?: string;
  /** The project that tests of the kind `pytest` are laid over, by path; other kinds have one program and no files. */
  readonly project?: Readonly<Record<string, string>>;
  /** A container runtime such as `runsc`; default: the provider's. */
  readonly runtime?: string;
  /** Whose sandboxes run it: those of different resources share none. */
  readonly resource: string;
}

/** What a model has answered, with a program in it. The program is in the submission's language. */
export interface Answer extends Omit<CodeExtractionOptions, "language"> {
  readonly answer: string;
  /** Default: `last_fence`. */
  readonly extraction?: CodeExtraction | undefined;
}

/** A submission as a kind of tests judges it. */
export type Program<T extends Tests> = Submission & { readonly code: string; readonly tests: T };

/** What a submission is judged by. What is expected never enters the program's own slot. */
export type Tests = CaseTests | CheckerTests | AssertionTests | ProgramTests | ProjectTests;

/** Inputs, each with what has to come out, compared outside every sandbox. */
export interface CaseTests {
  readonly kind: "cases";
  readonly cases: readonly CodeTest[];
  /** Of standard output with the expected one; default: `lines`, NeMo Gym's rule. */
  readonly comparison?: z.input<typeof OutputComparison> | undefined;
  /**
   * Of returned values with the expected ones. `gym` (default): NeMo Gym's rule, over JSON. `exact`: Python's `==`, over
   * tagged JSON: tuples, sets, bytes, complex numbers, keys of any kind, integers of any size.
   */
  readonly values?: ValueComparison | undefined;
}

/** Inputs with many right answers: a program of the task's own looks at each output, in sandboxes of its own. */
export interface CheckerTests {
  readonly kind: "checker";
  readonly cases: readonly CheckerCase[];
  readonly checker: Checker;
}

export interface CheckerCase {
  readonly input: string;
  /** What the task has for an answer. */
  readonly answer?: string | undefined;
}

/** Trusted: `checker input.txt output.txt answer.txt`, and testlib's exit codes (docs/verification.md). */
export interface Checker {
  readonly code: string;
  /** Name or alias of a language of the images. */
  readonly language: string;
  readonly image?: string;
  /** Beside the program, for its compiler too: a `testlib.h`. */
  readonly files?: Readonly<Record<string, string>>;
  /** Of each run of the checker; those left out come from the image. */
  readonly limits?: Partial<RunLimits>;
  /** Points that are a full score, default 1. */
  readonly fullPoints?: number;
}

/** Python that asserts by itself. It runs in a slot of its own and calls the program over a bridge (docs/bridge.md). */
export interface AssertionTests {
  readonly kind: "assertions";
  /**
   * Default: `bridge`. `shared`: tests and program in one process, for what no bridge can carry; a pass is believed only
   * after a counter-check (docs/verification.md).
   */
  readonly isolation?: "bridge" | "shared";
  /**
   * `check`: the source defines `check(candidate)`. `asserts`: each of `asserts` is a test, the source is what they need.
   * `unittest`: the source defines test cases.
   */
  readonly style: "check" | "asserts" | "unittest";
  readonly source: string;
  /** Name of the function or class that the tests are about. */
  readonly entryPoint: string;
  /** Other names of the program that `asserts` and `unittest` may use. */
  readonly names?: readonly string[];
  /** Trusted Python executed before the tests, in their namespace: helpers that they use. */
  readonly context?: string;
  readonly asserts?: readonly string[];
  /** Ids of `unittest` tests (`Class.method`) that all must be seen to pass; default: all that are found. */
  readonly expected?: readonly string[];
}

/**
 * Tests that are a program of the submission's language and assert by themselves: with a main in C++ and Java, by
 * `console.assert` or exceptions in JavaScript. They run in a slot of their own and call the submission's over a bridge
 * (docs/bridge.md). Where none can be made for the signature, or the values, `invalid_request` says so.
 */
export interface ProgramTests {
  readonly kind: "program";
  /** That of the submission, by its own name. */
  readonly language: "cpp" | "java" | "javascript";
  /** Ends in the open body of the entry point; includes, imports and helpers before it are there for the tests, too. */
  readonly declaration: string;
  /** The tests, which follow the entry point. */
  readonly source: string;
  /** Name of the function or method that the declaration leaves open. */
  readonly entryPoint: string;
}

/** Tests of a project, run by pytest in one process with it; a pass is believed only after a counter-check. */
export interface ProjectTests {
  readonly kind: "pytest";
  /** Trusted files, laid over the project's: tests, `conftest.py`, configuration, lock files. */
  readonly files: Readonly<Record<string, string>>;
  /** Ids of the tests (`tests/test_a.py::test_b`), in trusted files, that all must be seen to pass. */
  readonly expected: readonly string[];
  /** The file of `files` that configures pytest; default: none does. */
  readonly config?: string;
}
