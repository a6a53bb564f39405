import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Checker, CheckerCase, Submission } from "../../src/verification/index.ts";
import { ctx } from "../support/sandboxes.ts";
import { type OpenVerifier, openVerifier } from "./support/open-verifier.ts";

const CASES: readonly CheckerCase[] = [
  { input: "10\n", answer: "3 7\n" },
  { input: "4\n", answer: "2 2\n" },
];

/** Two numbers that add up; in testlib's way, without testlib. */
const ADDS_UP = `
#include <cstdlib>
#include <fstream>
#include <iostream>
#include "exits.h"
int main(int, char** argv) {
  std::ifstream input(argv[1]), output(argv[2]), answer(argv[3]);
  long total, left, right;
  input >> total;
  if (!(output >> left >> right)) { std::cerr << "wrong output format two numbers expected\\n"; return PE; }
  if (left == 666) return FAIL;
  if (left == 77) { std::cerr << "points 0.25 almost\\n"; return POINTS; }
  if (left == 11) abort();
  if (left == 22) for (;;) std::cerr << "flood";
  if (left == 33) for (volatile int i = 0;; i = i + 1) {}
  if (left + right != total) { std::cerr << "wrong answer " << left + right << "\\nsecond line\\n"; return WA; }
  std::cerr << "ok\\n";
  return 0;
}
`;
const CPP: Checker = {
  code: ADDS_UP,
  language: "cpp",
  files: { "exits.h": "enum { WA = 1, PE = 2, FAIL = 3, POINTS = 7 };\n" },
  limits: { cpuMs: 1_000, wallMs: 5_000, outputBytes: 1 << 20 },
};

const PYTHON = `
import sys
given, output, answer = [open(path).read().split() for path in sys.argv[1:4]]
left, right = map(int, output)
sys.exit(0 if left + right == int(given[0]) else 1)
`;

const answering = (text: string) => `total = int(input())\nprint(${text})`;

describe("a task's own checker", () => {
  let opened: OpenVerifier;
  beforeAll(async () => {
    opened = await openVerifier("docker");
  });
  afterAll(() => opened.close());

  const judge = (code: string, checker: Checker = CPP, cases = CASES, over: Partial<Submission> = {}) =>
    opened.verifier.verify(ctx, {
      code,
      language: "python",
      resource: "checker",
      limits: { wallMs: 1e4 },
      ...over,
      tests: {
        kind: "checker",
        cases,
        checker,
      },
    });

  it("accepts every right answer and no wrong one, with its message", async () => {
    expect(await judge(answering("1, total - 1"))).toMatchObject({ reward: 1, isolation: "outside", tests: 2 });
    const wrong = await judge(answering("1, 9"));
    expect(wrong).toMatchObject({
      reward: 0,
      reason: "wrong_answer",
      message: "test 2 of 2: checker: wrong answer 10",
    });
    expect(wrong.cases.map(({ score }) => score)).toEqual([1, 0]);
    expect(await judge(answering("'none'"))).toMatchObject({
      reward: 0,
      message: "test 1 of 2: checker: wrong output format two numbers expected",
    });
  });

  it("gives points that are no pass", async () => {
    const { reward, cases } = await judge(answering("77, 0"));
    expect({ reward, score: cases[0]?.score, message: cases[0]?.message }).toEqual({
      reward: 0,
      score: 0.25,
      message: "checker: points 0.25 almost",
    });
  });

  it("gives points that schemes may pay, and looks at every case then", async () => {
    const scoring = { scheme: "fraction" } as const;
    const { reward, status, cases } = await judge(answering("77 if total == 10 else 1, 3"), CPP, CASES, { scoring });
    expect({ reward, status, scores: cases.map(({ score }) => score) }).toEqual({
      reward: 0.625,
      status: "failed",
      scores: [0.25, 1],
    });
  });

  it.each([
    ["crashes", 11],
    ["floods", 22],
    ["hangs", 33],
  ])("that %s on an output is the candidate's failure when it works on the task's answer", async (_what, number) => {
    const { reward, reason, cases } = await judge(answering(`${number}, 0`));
    expect({ reward, reason }).toEqual({ reward: 0, reason: "wrong_answer" });
    expect(cases[0]?.evidence).toEqual([expect.stringContaining("on the task's own answer it does: accepted")]);
  });

  it("that crashes is tried on nothing where the task has no answer", async () => {
    const { cases } = await judge(answering("11, 0"), { ...CPP, code: ADDS_UP.replace("answer(argv[3])", "answer") }, [
      { input: "10\n" },
    ]);
    expect(cases[0]?.evidence).toEqual([expect.stringContaining("on an empty output it does: rejected")]);
  });

  it("is a fault and no verdict when the judge says that it failed, does not compile or never works", async () => {
    const fault = { code: "verifier_failed" };
    await expect(judge(answering("666, 0"))).rejects.toMatchObject(fault);
    await expect(judge(answering("1, 9"), { ...CPP, code: "int main() {" })).rejects.toMatchObject(fault);
    await expect(judge(answering("1, 9"), { code: "import missing", language: "python" })).rejects.toMatchObject(fault);
  });

  it("in Python, that ends by an exception, has said nothing", async () => {
    const checker = { code: PYTHON, language: "python" };
    expect(await judge(answering("1, total - 1"), checker)).toMatchObject({ reward: 1 });
    const { reward, cases } = await judge(answering("'one', 'two'"), checker);
    expect(reward).toBe(0);
    expect(cases[0]?.evidence).toEqual([expect.stringContaining("invalid literal for int()")]);
  });

  it("does not look at runs that failed", async () => {
    expect(await judge("print(1, 9)\nraise SystemExit(3)")).toMatchObject({ reward: 0, reason: "runtime_error" });
    const { reason } = await judge("while True: pass", CPP, CASES, { limits: { cpuMs: 500, wallMs: 5_000 } });
    expect(reason).toBe("time_limit");
  });

  it("has nothing of the candidate's, and the candidate nothing of it", async () => {
    const searching = `
import glob, os
seen = [path for path in glob.glob("/workspace/**", recursive=True) if "answer" in path or "check" in path]
print(seen or "1 9")
`;
    expect(await judge(searching, CPP, CASES.slice(0, 1))).toMatchObject({ reward: 1 });
  });
});
