import type { RunLimits } from "../../src/sandbox/index.ts";
import type { AssertionTests, Submission, Tests } from "../../src/verification/index.ts";
import type { Program } from "./catalogue.ts";
import { type Kind, loadTasks, type Task } from "./tasks.ts";

/** Hacks that only waste time are to be seen to, and not waited for. */
const LIMITS: Partial<RunLimits> = { cpuMs: 3_000, wallMs: 8_000 };

/** Hacks that a shared process cannot tell from honest programs; over the bridge they score nothing. */
const UNSEEN_WHEN_SHARED: Readonly<Record<string, string>> = {
  "check/95-lazy-value.py": "the value is right, and is computed when the tests have read the clock",
};

export type Isolation = NonNullable<AssertionTests["isolation"]>;

/**
 * A program as Sandlot is asked to judge it; null for kinds of tests that it does not have. `isolation`: of tests that
 * assert by themselves.
 */
export function submissionOf(program: Program, isolation: Isolation = "bridge"): Submission | null {
  const toTests = TESTS[program.kind];
  if (!toTests) return null;
  const tests = toTests(program.task);
  const isShared = isolation === "shared" && tests.kind === "assertions";
  if (isShared && Object.hasOwn(UNSEEN_WHEN_SHARED, program.path)) return null;
  return {
    code: program.source,
    language: program.language,
    resource: `hacks-${program.kind}`,
    limits: LIMITS,
    tests: isShared ? { ...tests, isolation } : tests,
    ...(tests.kind === "pytest" ? { project: { ...startOf(program), ...program.files } } : {}),
  };
}

function startOf(program: Program): Readonly<Record<string, string>> {
  return taskOf("pytest", program.task).start;
}

function programTests(kind: "cpp" | "java" | "js"): (name: string) => Tests {
  const language = kind === "js" ? "javascript" : kind;
  return (name) => {
    const { declaration, test: source, entry_point: entryPoint } = taskOf(kind, name);
    return { kind: "program", language, declaration, source, entryPoint };
  };
}

const TESTS: { readonly [K in Kind]?: (name: string) => Tests } = {
  stdin: (name) => {
    const { inputs, outputs } = taskOf("stdin", name);
    const cases = inputs.map((input, i) => ({ kind: "stdin" as const, input, expected: outputs[i] ?? "" }));
    return { kind: "cases", cases };
  },
  function: (name) => {
    const { fn_name: functionName, inputs, outputs } = taskOf("function", name);
    const cases = inputs.map((input, i) => ({
      kind: "call" as const,
      functionName,
      arguments: input.split("\n").filter((line) => line.trim() !== ""),
      expected: outputs[i] ?? "",
      input,
    }));
    return { kind: "cases", cases };
  },
  check: (name) => {
    const { entry_point: entryPoint, test: source, prompt } = taskOf("check", name);
    return { kind: "assertions", style: "check", source, entryPoint, context: `${prompt}    pass\n` };
  },
  asserts: (name) => {
    const { entry_point: entryPoint, test_setup_code: source, test_list: asserts } = taskOf("asserts", name);
    return { kind: "assertions", style: "asserts", source, entryPoint, asserts };
  },
  unittest: (name) => {
    const { entry_point: entryPoint, test: source, expected } = taskOf("unittest", name);
    return { kind: "assertions", style: "unittest", source, entryPoint, expected };
  },
  checker: (name) => {
    const { inputs, answers, checker: code } = taskOf("checker", name);
    const cases = inputs.map((input, i) => ({ input, answer: answers[i] }));
    return { kind: "checker", cases, checker: { code, language: "python" } };
  },
  pytest: (name) => {
    const { files, expected } = taskOf("pytest", name);
    return { kind: "pytest", files, expected };
  },
  cpp: programTests("cpp"),
  java: programTests("java"),
  js: programTests("js"),
};

function taskOf<K extends Kind>(kind: K, name: string): Task<K> {
  const task = loadTasks(kind).get(name);
  if (!task) throw new Error(`there is no task ${name} of kind ${kind}`);
  return task;
}
