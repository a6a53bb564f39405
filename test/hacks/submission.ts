import type { RunLimits } from "../../src/sandbox/index.ts";
import type { Submission, Tests } from "../../src/verification/index.ts";
import type { Program } from "./catalogue.ts";
import { type Kind, loadTasks, type Task } from "./tasks.ts";

/** Hacks that only waste time are to be seen to, and not waited for. */
const LIMITS: Partial<RunLimits> = { cpuMs: 3_000, wallMs: 8_000 };

/** A program as Sandlot is asked to judge it; null for kinds of tests that it does not have. */
export function submissionOf(program: Program): Submission | null {
  const toTests = TESTS[program.kind];
  if (!toTests) return null;
  return {
    code: program.source,
    language: program.language,
    resource: `hacks-${program.kind}`,
    limits: LIMITS,
    tests: toTests(program.task),
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
};

function taskOf<K extends Kind>(kind: K, name: string): Task<K> {
  const task = loadTasks(kind).get(name);
  if (!task) throw new Error(`there is no task ${name} of kind ${kind}`);
  return task;
}
