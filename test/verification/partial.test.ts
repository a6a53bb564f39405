import { afterAll, beforeAll, expect, it } from "vitest";
import type { AssertionTests, Submission } from "../../src/verification/index.ts";
import { ctx } from "../support/sandboxes.ts";
import { type OpenVerifier, openVerifier } from "./support/open-verifier.ts";

let opened: OpenVerifier;
beforeAll(async () => {
  opened = await openVerifier("docker");
});
afterAll(() => opened.close());

const judge = (submission: Pick<Submission, "code" | "tests" | "scoring">) =>
  opened.verifier.verify(ctx, { language: "python", resource: "partial", limits: { wallMs: 2_000 }, ...submission });

const CODE = "def f(x): return x if x < 2 else 0\n";
const assertions = (more: Pick<AssertionTests, "style" | "source" | "asserts" | "expected">): AssertionTests => ({
  kind: "assertions",
  entryPoint: "f",
  ...more,
});

it("a program that hangs in one test is paid for the others", async () => {
  const code = "n = int(input())\nwhile n == 2: pass\nprint(n if n < 4 else 0)";
  const inputs = ["1", "2", "3", "4"].map((input) => ({ kind: "stdin", input, expected: input }) as const);
  const verdict = await judge({ code, tests: { kind: "cases", cases: inputs }, scoring: { scheme: "fraction" } });
  expect(verdict).toMatchObject({ reward: 0.5, reason: "time_limit", isolation: "outside" });
  expect(verdict.cases.map(({ status }) => status)).toEqual(["passed", "time_limit", "passed", "wrong_answer"]);
});

it("a program that does not compile is paid nothing", async () => {
  const inputs = ["1", "2"].map((input) => ({ kind: "stdin", input, expected: input }) as const);
  const verdict = await judge({ code: "(", tests: { kind: "cases", cases: inputs }, scoring: { scheme: "fraction" } });
  expect(verdict).toMatchObject({ reward: 0, reason: "compile_error", tests: 2 });
});

it("asserts pay by their position", async () => {
  const tests = assertions({ style: "asserts", source: "", asserts: ["assert f(1) == 1", "assert f(2) == 2"] });
  const scoring = { scheme: "weighted" as const, weights: [3, 1] };
  expect(await judge({ code: CODE, tests, scoring })).toMatchObject({ reward: 0.75, isolation: "bridge" });
  expect((await judge({ code: "import os; os._exit(0)", tests, scoring })).reward).toBe(0);
});

it("unittest's tests pay by their position in `expected`, others nothing", async () => {
  const source = `
import unittest
class T(unittest.TestCase):
    def test_a(self): self.assertEqual(f(2), 2)
    def test_b(self): self.assertEqual(f(1), 1)
    def test_unlisted(self): self.assertEqual(f(3), 3)
`;
  const tests = assertions({ style: "unittest", source, expected: ["T.test_b", "T.test_absent", "T.test_a"] });
  const scoring = { scheme: "weighted" as const, weights: [2, 1, 1] };
  const verdict = await judge({ code: CODE, tests, scoring });
  expect(verdict).toMatchObject({ reward: 0.5, status: "failed" });
  expect(Object.fromEntries(verdict.cases.map(({ id, index, status }) => [id, [index, status]]))).toEqual({
    "T.test_b": [0, "passed"],
    "T.test_absent": [1, expect.any(String)],
    "T.test_a": [2, "wrong_answer"],
    "T.test_unlisted": [3, "wrong_answer"],
  });
});
