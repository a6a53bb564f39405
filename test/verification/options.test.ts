import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { type Answer, type CodeTest, type Submission, type Tests, Verifier } from "../../src/verification/index.ts";
import { ctx, open } from "../execution/support/memory-engine.ts";
import { type Play, printed } from "../execution/support/memory-sandboxes.ts";

/** Programs print their own text, but for these. */
const PROGRAMS: Readonly<Record<string, Play>> = {
  echo: ({ request }) => printed(stdinOf(request)),
  "fails below 10": ({ request }) => printed(Number(stdinOf(request)) < 10 ? "wrong" : stdinOf(request)),
  "right every third time": () => printed(String(turns++ % 3 === 2 ? 1 : 2)),
  slow: () => printed("", { limit: "wall", times: { setupMs: 0, wallMs: 200_000, cpuMs: 0, teardownMs: 0 } }),
};
let turns = 0;
const stdinOf = ({ stdin }: { readonly stdin?: Uint8Array }) => Buffer.from(stdin ?? []).toString();

const play: Play = (inside) => PROGRAMS[inside.text]?.(inside) ?? printed(inside.text);

const casesOf = (...inputs: readonly string[]): CodeTest[] =>
  inputs.map((input) => ({ kind: "stdin", input, expected: input }));

type Options = Partial<Omit<Submission, "code" | "tests">> & { readonly tests?: Tests };

async function judge(code: string | Answer, options: Options = {}) {
  const { engine, memory } = open(play);
  const verifier = new Verifier({ execution: engine, clock: systemClock });
  const common = { language: "python", limits: {}, resource: "test", tests: cases("1") };
  const verdict = await verifier.verify(ctx, { ...common, ...options, code });
  return { verdict, runs: memory.counts.runs };
}

const cases = (...inputs: readonly string[]) => ({ kind: "cases", cases: casesOf(...inputs) }) as const;

describe("comparison", () => {
  const compared = async (output: string, expected: string, comparison?: object) => {
    const given = comparison as { rule: "exact" } | undefined;
    const tests: Tests = { kind: "cases", cases: [{ kind: "stdin", input: "", expected }], comparison: given };
    return (await judge(output, { tests })).verdict;
  };

  it("is Gym's rule where nobody says otherwise", async () => {
    expect(await compared("a \n1.0\n", "a\n1.00")).toMatchObject({ reward: 1, status: "passed", tests: 1 });
    expect(await compared("a\n2", "a\n1")).toMatchObject({ reward: 0, message: "line 2 differs" });
    expect((await compared("a b", "a\nb")).reward).toBe(0);
    expect((await compared("1.0000001", "1")).reward).toBe(0);
  });

  it.each([
    [{ rule: "exact" }, "1\n", "1\n", "1"],
    [{ rule: "lines", case_insensitive: true }, "YES \n", "yes", "no"],
    [{ rule: "tokens" }, "1 2\n3", "1\n2\n3", "1 23"],
    [{ rule: "float" }, "0.3333333", "0.33333333", "0.3334"],
    [{ rule: "float", absolute: 0.01, relative: 0 }, "0.333", "0.33", "0.31"],
    [{ rule: "unordered_lines" }, "b\na", "a\nb", "a\na"],
  ] as const)("by %j", async (comparison, output, right, wrong) => {
    expect(await compared(output, right, comparison)).toMatchObject({ reward: 1, reason: null });
    expect(await compared(output, wrong, comparison)).toMatchObject({ reward: 0, reason: "wrong_answer" });
  });
});

describe("extraction", () => {
  const twoFences = "```python\n1\n```\nfor instance\n```text\nno program\n```";

  it("takes a program as it is, and the last fence of the language from an answer", async () => {
    expect((await judge("1")).verdict).toMatchObject({ reward: 1, answer: "1" });
    expect((await judge({ answer: twoFences })).verdict).toMatchObject({ reward: 1, answer: "1" });
    expect((await judge({ answer: `<think>${twoFences}` })).verdict).toMatchObject({ reward: 0, answer: null });
  });

  it.each([
    ["gym_last_two_fences", twoFences, "no program"],
    ["last_fence", twoFences, "1"],
    ["evalplus", twoFences, "1"],
    ["whole", "1", "1"],
  ] as const)("by %s", async (extraction, answer, code) => {
    expect((await judge({ answer, extraction })).verdict.answer).toBe(code);
  });

  it("puts a completion behind its prompt", async () => {
    const prompt = "def f(x):\n";
    const answer: Answer = { answer: "    return x", extraction: "human_eval_completion", prompt, entryPoint: "f" };
    expect((await judge(answer)).verdict.answer).toBe("def f(x):\n    return x");
  });

  it("runs nothing when there is no program", async () => {
    const { verdict, runs } = await judge({ answer: "no idea" }, { tests: cases("1", "2") });
    expect(verdict).toMatchObject({ reward: 0, reason: "wrong_answer", answer: null, cases: [], tests: 2 });
    expect(verdict.message).toBe("the answer has no fenced code block");
    expect(runs).toBe(0);
  });
});

describe("scoring", () => {
  const tests = cases("10", "1", "11", "2");
  const subtask = (name: string, points: number, positions: number[], needed: string[] = []) => ({
    name,
    points,
    cases: positions,
    depends_on: needed,
  });

  it("is all or nothing where nobody says otherwise, and ends at the first failure", async () => {
    const { verdict } = await judge("fails below 10", { tests });
    expect(verdict).toMatchObject({ reward: 0, reason: "wrong_answer", message: "test 2 of 4: line 1 differs" });
    expect(verdict.cases.map(({ status }) => status)).toEqual(["passed", "wrong_answer"]);
    expect((await judge("echo", { tests })).verdict).toMatchObject({ reward: 1, status: "passed" });
  });

  it.each([
    [{ scheme: "fraction" }, 0.5],
    [{ scheme: "weighted", weights: [3, 1, 3, 1] }, 0.75],
    [{ scheme: "subtasks", subtasks: [subtask("a", 40, [0, 2]), subtask("b", 60, [0, 1])] }, 0.4],
    [{ scheme: "subtasks", subtasks: [subtask("a", 40, [1]), subtask("b", 60, [0], ["a"])] }, 0],
  ])("by %j runs every test", async (scoring, reward) => {
    const given = scoring as NonNullable<Submission["scoring"]>;
    const { verdict, runs } = await judge("fails below 10", { tests, scoring: given });
    expect(verdict).toMatchObject({ reward, status: "failed", reason: "wrong_answer", tests: 4 });
    expect(verdict.message).toBe("2 of 4 tests passed; test 2 of 4: line 1 differs");
    expect(verdict.cases.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(runs).toBe(4);
    expect((await judge("echo", { tests, scoring: given })).verdict).toMatchObject({ reward: 1, status: "passed" });
  });

  it("has patience with a program that holds out in every test, but not without end", async () => {
    const many = cases(...Array.from({ length: 40 }, (_, i) => `${i}`));
    const { verdict, runs } = await judge("slow", { tests: many, scoring: { scheme: "fraction" } });
    expect(verdict).toMatchObject({ reward: 0, reason: "time_limit", tests: 40 });
    expect(verdict.cases).toHaveLength(4);
    expect(runs).toBeLessThan(8);
  });
});

describe("options that cannot be", () => {
  const unittest = { kind: "assertions", style: "unittest", source: "", entryPoint: "f" } as const;
  const javaTests = { kind: "program", language: "java", declaration: "", source: "", entryPoint: "f" } as const;
  const call: CodeTest = { kind: "call", functionName: "f", arguments: [], expected: "1", input: "" };
  const withComparison = (comparison: unknown, given = casesOf("1")) => ({
    tests: { kind: "cases", cases: given, comparison },
  });

  it.each([
    ["an unknown rule", withComparison({ rule: "bogus" }), "comparison.rule: "],
    ["a rule's name", withComparison("exact"), "comparison: "],
    ["a negative tolerance", withComparison({ rule: "float", absolute: -1 }), "comparison.absolute: "],
    ["a rule for returned values", withComparison({ rule: "tokens" }, [call]), "comparison: is for tests by standard"],
    ["a program of another language than its tests", { tests: javaTests }, "language: must be java, as the tests'"],
    ["an unknown scheme", { scoring: { scheme: "best" } }, "scoring.scheme: "],
    ["too few weights", { scoring: { scheme: "weighted", weights: [1, 2] } }, "scoring: 2 weights for 1 tests"],
    ["tests that nobody names", { tests: unittest, scoring: { scheme: "fraction" } }, "scoring: fraction needs"],
    ["no tests", { tests: cases() }, "scoring: a row without tests"],
    ["an unknown strategy", { code: { answer: "1", extraction: "best" } }, "extraction: "],
    [
      "a completion of nothing",
      { code: { answer: "1", extraction: "human_eval_completion" } },
      "needs prompt and entry",
    ],
  ])("%s is refused by name", async (_what, options, message) => {
    const { code = "1", ...rest } = options as { code?: Answer } & Options;
    await expect(judge(code, rest)).rejects.toThrow(message);
  });

  it("are a fault of the environment", async () => {
    await expect(judge("1", { tests: javaTests })).rejects.toMatchObject({ code: "resource_failed" });
  });
});

describe("repeat", () => {
  it("finds programs that are not the same every time, and pays the least", async () => {
    turns = 0;
    const { verdict, runs } = await judge("right every third time", { repeat: 6 });
    expect(runs).toBe(6);
    expect(verdict).toMatchObject({ flaky: true, reward: 0, reason: "wrong_answer" });
    expect(verdict.message).toMatch(/^2 of 6 repeats passed; /);
  });

  it("says nothing where all agree", async () => {
    for (const code of ["1", "2"]) expect((await judge(code, { repeat: 3 })).verdict.flaky).toBe(false);
  });

  it.each([0, 1.5, 101])("of %s is refused", async (repeat) => {
    await expect(judge("1", { repeat })).rejects.toThrow(/repeat/);
  });
});
