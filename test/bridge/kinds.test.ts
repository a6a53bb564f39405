import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { judge, judgeAll } from "./support.ts";

const statuses = (tests: readonly { id: string; status: string }[]) =>
  Object.fromEntries(tests.map(({ id, status }) => [id, status]));

const CHECK = `
METADATA = {}
def check(candidate):
    assert candidate(1) == 2
    assert 4 == candidate(3), "message"
    assert not candidate(-1)
`;

it("the package loads nothing heavy", () => {
  const heavy = new Set(["inspect", "dataclasses", "unittest", "typing", "asyncio", "ast", "datetime", "decimal"]);
  const agent = join(import.meta.dirname, "../../sandboxes/agent");
  const code = `import sys; sys.path.insert(0, ${JSON.stringify(agent)}); import program
before = set(sys.modules); import bridge; print(*(set(sys.modules) - before))`;
  const { stdout } = spawnSync("python3", ["-S", "-B", "-c", code], { encoding: "utf8", timeout: 10_000 });
  const loaded = stdout.trim().split(" ");
  expect(loaded).toContain("bridge.runner");
  expect(loaded.filter((name) => heavy.has(name))).toEqual([]);
});

describe("kind check", () => {
  const options = { kind: "check", entry_point: "f" };

  it("passes what is right and shows what a wrong one gave", async () => {
    const bodies = ["x + 1", "x + (x < 3)", "x + 1 or 5", "[][x]"];
    const cases = bodies.map((body) => ({ candidate: `def f(x):\n    return ${body}\n`, tests: CHECK, options }));
    const reports = await judgeAll(cases);
    expect(reports.map(({ tests }) => tests)).toMatchObject([
      [{ id: "check", status: "passed", message: "", got: null, expected: null, line: null }],
      [
        {
          status: "failed",
          message: "AssertionError: message",
          got: "3",
          expected: "4",
          line: 'assert 4 == candidate(3), "message"',
        },
      ],
      [{ status: "failed", got: "5", expected: "a false value", line: "assert not candidate(-1)" }],
      [{ status: "error", message: "IndexError: list index out of range (solution.py, line 2)" }],
    ]);
    expect(reports[0]).toMatchObject({ load: { ok: true }, setup: null, calls: 3, evidence: [], broken: null });
  });

  it("knows the helpers of the context, never those of the candidate", async () => {
    const context = "def helper(x):\n    return x * 2\ndef f(x):\n    '''Doc.'''\n";
    const tests = "def check(candidate):\n    assert candidate(3) == helper(3)\n    assert f(4) == 8\n";
    const [right, cheat] = await judgeAll([
      { candidate: "def f(x): return 2 * x", tests, options: { ...options, context } },
      { candidate: "def helper(x): return 0\ndef f(x): return 0", tests, options: { ...options, context } },
    ]);
    expect(right?.tests).toMatchObject([{ status: "passed" }]);
    expect(cheat?.tests).toMatchObject([{ status: "failed", got: "0", expected: "6" }]);
  });

  it("tells a failed load, a missing function and tests that are broken", async () => {
    const reports = await judgeAll([
      { candidate: "def f(:", tests: CHECK, options },
      { candidate: "x = 1\nraise SystemExit(0)", tests: CHECK, options },
      { candidate: "import os\nos._exit(0)", tests: CHECK, options },
      { candidate: "g = 1", tests: CHECK, options: { ...options, context: "def f(x): return x + 1" } },
      { candidate: "def f(x): return 1", tests: "1 / 0", options },
    ]);
    expect(reports.map(({ load }) => load.ok || load.error?.type)).toEqual([
      "SyntaxError",
      "SystemExit",
      "BridgeBroken",
      true,
      true,
    ]);
    expect(reports.map(({ tests }) => statuses(tests))).toEqual(Array.from({ length: 5 }, () => ({ check: "error" })));
    expect(reports[1]?.load.error?.traceback).toContain('"/workspace/solution.py", line 2');
    expect(reports[3]?.tests[0]?.message).toContain("does not define 'f'");
    expect(reports[4]?.setup?.type).toBe("ZeroDivisionError");
  });
});

describe("kind asserts", () => {
  const candidate = "def f(x): return x + 1\ndef g(): return 5\n";
  const asserts = ["assert f(1) == 2", "assert f(1) > 5", "assert f('a')", "assert g() == five", "pass"];

  it("makes every statement a test", async () => {
    const options = { kind: "asserts", entry_point: "f", names: ["g"], asserts };
    const { tests } = await judge({ candidate, tests: "five = 5", options });
    expect(statuses(tests)).toEqual({ 0: "passed", 1: "failed", 2: "error", 3: "passed", 4: "passed" });
    expect(tests[1]).toMatchObject({ got: "2", expected: "> 5", line: "assert f(1) > 5" });
  });

  it("stops at the first failure where asked to", async () => {
    const options = { kind: "asserts", entry_point: "f", asserts, stop_at_first_failure: true };
    expect(statuses((await judge({ candidate, options })).tests)).toEqual({ 0: "passed", 1: "failed" });
  });
});

describe("kind unittest", () => {
  const TESTS = `
import unittest
from solution import Account
import solution
class TestAccount(unittest.TestCase):
    def setUp(self): self.account = Account(10)
    def test_right(self):
        self.account.deposit(5)
        self.assertEqual(self.account.balance, 15)
        with self.assertRaises(solution.Overdrawn) as caught: self.account.withdraw(100)
        self.assertEqual(caught.exception.missing, 85)
        self.assertRaisesRegex(ValueError, "missing", self.account.withdraw, 100)
    def test_wrong(self): self.assertEqual(self.account.balance, 11)
    def test_error(self): self.account.nothing()
    def test_candidate_skips(self): self.account.skip()
    @unittest.skip("later")
    def test_skipped(self): pass
    @unittest.expectedFailure
    def test_expected(self): self.fail()
    @unittest.expectedFailure
    def test_unexpected(self): pass
    def test_sub(self):
        for n in (10, 11):
            with self.subTest(n=n): self.assertEqual(self.account.balance, n)
class TestBroken(unittest.TestCase):
    @classmethod
    def setUpClass(cls): 1 / 0
    def test_a(self): pass
if __name__ == "__main__":
    unittest.main()
`;
  const candidate = `
import unittest
class Overdrawn(ValueError):
    def __init__(self, missing):
        super().__init__("missing %d" % missing)
        self.missing = missing
class Account:
    def __init__(self, balance): self.balance = balance
    def deposit(self, n): self.balance += n
    def withdraw(self, n):
        if n > self.balance: raise Overdrawn(n - self.balance)
        self.balance -= n
    def skip(self): raise unittest.SkipTest("please")
`;

  it("records every test, and passes none that was skipped or expected to fail", async () => {
    const expected = ["TestAccount.test_right", "TestAccount.test_absent"];
    const { tests } = await judge({ candidate, tests: TESTS, options: { kind: "unittest", expected } });
    expect(statuses(tests)).toEqual({
      "TestAccount.test_absent": "error",
      "TestAccount.test_candidate_skips": "error",
      "TestAccount.test_error": "error",
      "TestAccount.test_expected": "skipped",
      "TestAccount.test_right": "passed",
      "TestAccount.test_skipped": "skipped",
      "TestAccount.test_sub": "failed",
      "TestAccount.test_unexpected": "failed",
      "TestAccount.test_wrong": "failed",
      "setUpClass (tests.TestBroken)": "error",
    });
    expect(tests.find(({ id }) => id.endsWith("wrong"))).toMatchObject({ message: "AssertionError: 10 != 11" });
  });

  it("finds no tests where there are none, and none to import from", async () => {
    const reports = await judgeAll([
      { candidate, tests: "import unittest", options: { kind: "unittest" } },
      { candidate: "x = 1", tests: TESTS, options: { kind: "unittest", expected: ["TestAccount.test_right"] } },
    ]);
    expect(reports[0]).toMatchObject({ tests: [], setup: null });
    expect(reports[1]).toMatchObject({ setup: { type: "ImportError" }, tests: [{ status: "error" }] });
  });
});
