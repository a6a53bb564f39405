import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GYM_PRELUDE, type Submission } from "../../../src/verification/index.ts";
import { ctx } from "../../support/sandboxes.ts";
import { type OpenVerifier, openVerifier } from "../support/open-verifier.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const HUMAN_EVAL = join(ROOT, "..", "shared", "data", "humaneval", "HumanEval.jsonl");

/** The plain runner starts an interpreter for each. */
const MOST_INPUTS = 4;
const TIMEOUT_MS = 400_000;

/** A task with its correct program: tests that assert, or inputs and outputs. */
interface Task {
  readonly name: string;
  readonly program: string;
  readonly judged:
    | { readonly test: string; readonly entry_point: string }
    | { readonly inputs: string[]; readonly outputs: string[] };
  /** Trusted names that the tests use. */
  readonly context?: string;
  readonly prelude?: string;
}

const rowsOf = <T>(path: string) =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as T);

function completions(path: string): Task[] {
  type Problem = Record<"task_id" | "prompt" | "canonical_solution" | "test" | "entry_point", string>;
  return rowsOf<Problem>(path).map(({ task_id: name, prompt, canonical_solution, test, entry_point }) => ({
    name,
    program: prompt + canonical_solution,
    judged: { test, entry_point },
    context: `${prompt}\n    pass\n`,
  }));
}

function standardOutput(): Task[] {
  type Row = {
    task_id: string;
    verifier_metadata: { unit_tests: { inputs: string[]; outputs: string[]; fn_name?: string } };
  };
  const folder = join(ROOT, "environments", "code_gen");
  return rowsOf<Row>(join(folder, "data", "tasks.jsonl")).flatMap(
    ({ task_id: name, verifier_metadata: { unit_tests } }) => {
      if (unit_tests.fn_name) return [];
      const program = readFileSync(join(folder, "fixtures", name, "reference.py"), "utf8");
      const inputs = unit_tests.inputs.slice(0, MOST_INPUTS);
      return [{ name, program, judged: { inputs, outputs: unit_tests.outputs }, prelude: GYM_PRELUDE }];
    },
  );
}

describe("the verifier and a plain runner without any wall", () => {
  let opened: OpenVerifier;
  beforeAll(async () => {
    opened = await openVerifier("docker");
  });
  afterAll(() => opened.close());

  it("agree on correct and changed programs of our tasks", { timeout: TIMEOUT_MS }, () =>
    agree([...completions(join(ROOT, "environments", "human_eval", "data", "tasks.jsonl")), ...standardOutput()], 2),
  );

  it.skipIf(!existsSync(HUMAN_EVAL))(
    "agree on HumanEval's (skipped where ../shared/data/humaneval is missing)",
    { timeout: TIMEOUT_MS },
    () => agree(completions(HUMAN_EVAL), 1),
  );

  async function agree(tasks: readonly Task[], count: number): Promise<void> {
    const programs = Object.fromEntries(
      tasks.map(({ name, program: source, judged }) => {
        return [name, { source, function: "test" in judged ? judged.entry_point : null }];
      }),
    );
    const variants = (await python("mutate.py", JSON.stringify({ seed: 7, count, programs }))) as Record<
      string,
      string[]
    >;
    const all = tasks.flatMap((task) =>
      [task.program, ...(variants[task.name] ?? [])].map((program, i) => ({ id: `${task.name} ${i}`, program, task })),
    );
    const lines = all.map(({ id, program, task }) =>
      JSON.stringify({ id, program: (task.prelude ?? "") + program, ...task.judged }),
    );
    const plain = (await python("reference.py", lines.join("\n"))) as Record<string, boolean>;
    const verdicts = await Promise.all(
      all.map(async ({ id, program, task }) => {
        const { reward, message } = await opened.verifier.verify(ctx, submissionOf(task, program));
        return { id, passed: reward === 1, message, program };
      }),
    );
    expect(verdicts.filter(({ id, passed }) => passed !== plain[id])).toEqual([]);
    expect(verdicts.filter(({ id, passed }) => id.endsWith(" 0") && !passed)).toEqual([]);
    // Were all of them one way, agreeing would mean little.
    expect(verdicts.filter(({ passed }) => !passed).length).toBeGreaterThan(tasks.length / 2);
  }
});

const LIMITS = { cpuMs: 4_000, wallMs: 20_000, memoryBytes: 512 << 20 };

function submissionOf({ judged, context, prelude }: Task, code: string): Submission {
  const common = { code, language: "python", resource: "differential", limits: LIMITS };
  if ("test" in judged) {
    const { test: source, entry_point: entryPoint } = judged;
    return {
      ...common,
      tests: { kind: "assertions", style: "check", source, entryPoint, ...(context ? { context } : {}) },
    };
  }
  const cases = judged.inputs.map((input, i) => ({ kind: "stdin" as const, input, expected: judged.outputs[i] ?? "" }));
  return { ...common, ...(prelude ? { prelude } : {}), tests: { kind: "cases", cases } };
}

function python(script: string, stdin: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 64 << 20, timeout: 300_000 };
    const child = execFile("python3", [join(import.meta.dirname, script)], options, (error, stdout) => {
      if (error) reject(error);
      else resolve(JSON.parse(stdout));
    });
    child.stdin?.end(stdin);
  });
}
