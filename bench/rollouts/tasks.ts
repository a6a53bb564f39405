import { ENVIRONMENTS_ROOT, PACKAGE_ROOT } from "../../src/compose/paths.ts";
import { join } from "node:path";
import { says, toolCall } from "./instant-model.ts";

/** What is played: rows that are all alike, and what the model answers to them. Every rollout is right. */
export interface Play {
  readonly environment: string;
  /** The folder that the environment is in. */
  readonly path: string;
  readonly turns: readonly (readonly object[])[];
  row(index: number): Record<string, unknown>;
}

/** Two model calls, one tool call, a verification; no sandbox. */
const tools: Play = {
  environment: "boxes",
  path: join(PACKAGE_ROOT, "examples", "environments"),
  turns: [[toolCall("add", { a: 64, b: 83 })], [says("The sum is 147.")]],
  row: (index) => ({ task_id: `add-${index}`, question: `What is 64 + 83? (${index})`, answer: 147 }),
};

const PROGRAM = "Here it is:\n```python\nn = int(input())\nprint(n * n)\n```";

/** One model call, and a program that is run on three inputs. */
const code: Play = {
  environment: "code_gen",
  path: ENVIRONMENTS_ROOT,
  turns: [[says(PROGRAM)]],
  row: (index) => ({
    task_id: `square-${index}`,
    responses_create_params: { input: [{ role: "user", content: `Read n, print its square. (${index})` }] },
    verifier_metadata: { unit_tests: { inputs: ["3\n", "-4\n", "12\n"], outputs: ["9\n", "16\n", "144\n"] } },
  }),
};

const CALCULATION = { code: "sum(n for n in range(100) if n % 7 == 0)" };

/** Three model calls, and two calls of a Python that keeps its state. */
const math: Play = {
  environment: "math_with_code",
  path: ENVIRONMENTS_ROOT,
  turns: [
    [toolCall("execute_python", CALCULATION)],
    [toolCall("execute_python", CALCULATION)],
    [says("It is \\boxed{735}.")],
  ],
  row: (index) => ({
    task_id: `sevens-${index}`,
    responses_create_params: {
      input: [{ role: "user", content: `Add the multiples of seven below 100. (${index})` }],
      tools: [
        {
          type: "function",
          name: "execute_python",
          parameters: { type: "object", properties: { code: { type: "string" } }, required: ["code"] },
        },
      ],
    },
    expected_result: "735",
  }),
};

export const PLAYS = { tools, code, math } as const;
