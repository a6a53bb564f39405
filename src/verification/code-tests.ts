import { z } from "zod";
import { parsePythonJson, parseTaggedJson } from "./compare/index.ts";

/** One test of a program. The expected side never enters a sandbox. */
export type CodeTest =
  | { readonly kind: "stdin"; readonly input: string; readonly expected: string }
  | {
      readonly kind: "call";
      readonly functionName: string;
      /** JSON text of each argument. */
      readonly arguments: readonly string[];
      /** JSON text of the value to return. */
      readonly expected: string;
      /** The arguments as the row gives them, for people. */
      readonly input: string;
    };

/** Most tests of one row. */
const MAX_TESTS = 10_000;

/** NeMo Gym's `verifier_metadata.unit_tests`. A row without tests, or with tests that say nothing, is refused. */
export const GymUnitTests = z
  .looseObject({
    inputs: z.array(z.string()).max(MAX_TESTS),
    outputs: z.array(z.string()).max(MAX_TESTS),
    fn_name: z.string().min(1).nullish(),
  })
  .superRefine((tests, context) => {
    const problem = (path: PropertyKey[], message: string) => context.addIssue({ code: "custom", path, message });
    if (tests.inputs.length === 0) problem(["inputs"], "a row without tests cannot be verified");
    if (tests.outputs.length !== tests.inputs.length) {
      problem(["outputs"], `${tests.outputs.length} outputs for ${tests.inputs.length} inputs`);
    }
    if (!tests.fn_name) return;
    for (const [index, output] of tests.outputs.entries()) {
      if (!isPythonJson(output)) problem(["outputs", index], "is not JSON, which a function test needs");
    }
    for (const [index, input] of tests.inputs.entries()) {
      if (!argumentsOf(input).every(isPythonJson)) problem(["inputs", index], "each line must be a JSON value");
    }
  });
export type GymUnitTests = z.infer<typeof GymUnitTests>;

/** The tests of a row. */
export function testsOf({ inputs, outputs, fn_name }: GymUnitTests): CodeTest[] {
  return inputs.map((input, index): CodeTest => {
    const expected = outputs[index] ?? "";
    if (!fn_name) return { kind: "stdin", input, expected };
    return { kind: "call", functionName: fn_name, arguments: argumentsOf(input), expected, input };
  });
}

/** One JSON value per line; a last line break does not start another argument. */
function argumentsOf(input: string): string[] {
  return input.split("\n").filter((line) => line.trim() !== "");
}

function isPythonJson(text: string): boolean {
  try {
    parsePythonJson(text);
    return true;
  } catch {
    return false;
  }
}

/** Why tests cannot be compared by `exact`, which needs calls whose values are tagged JSON; null when they can. */
export function valuesProblem(tests: readonly CodeTest[]): string | null {
  for (const [index, test] of tests.entries()) {
    if (test.kind !== "call") return "exact is for tests by returned values";
    try {
      for (const text of [...test.arguments, test.expected]) parseTaggedJson(text);
    } catch (error) {
      return `test ${index + 1} is not tagged JSON: ${(error as Error).message}`;
    }
  }
  return null;
}
