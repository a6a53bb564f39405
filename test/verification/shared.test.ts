import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AssertionTests } from "../../src/verification/index.ts";
import { ctx } from "../support/sandboxes.ts";
import { type OpenVerifier, openVerifier } from "./support/open-verifier.ts";

/** Every form of assertion that is falsified, of a program that passes all of them. */
const FORMS = `
import asyncio
import math
import unittest
import warnings
from unittest import mock

import solution
from solution import Box, double, fetch, warn

WORDS = ["a", "b"]


def wanted(number):
    return number + number


class Base(unittest.TestCase):
    def is_doubled(self, number, result):
        self.assertEqual(double(number), result)

    def test_inherited(self):
        self.is_doubled(4, 8)


class TestForms(Base):
    def setUp(self):
        self.box = Box([1, 2])

    def test_statements(self):
        assert double(2) == 4
        assert double(2) != 5 and not double(0)
        assert double("ab") == "abab", "text"
        assert double([1]) == [1, 1]
        assert 3 < double(2) < 5
        assert double(2) > 3
        assert double(2) in (3, 4)
        assert 2 in self.box.items
        assert "z" not in double("ab")
        assert self.box.items is not None
        assert isinstance(self.box, Box)
        assert abs(double(0.1) - 0.2) < 1e-9
        assert math.isclose(double(0.5), 1.0)
        for word in WORDS:
            assert double(word) == word + word
        for number in range(3):
            assert double(number) == wanted(number)

    def test_methods(self):
        self.assertEqual(double(3), 6)
        self.assertAlmostEqual(double(0.1), 0.2)
        self.assertAlmostEqual(double(10), 21, delta=2)
        self.assertTrue(double(1))
        self.assertFalse(double(0))
        self.assertIs(self.box.same(), self.box)
        self.assertIn(1, self.box.items)
        self.assertIsNone(self.box.empty)
        self.assertIsInstance(self.box, list)
        self.assertGreater(double(3), 5)
        self.assertNotEqual(double(3), 7)
        self.assertCountEqual(self.box.items, [2, 1])
        self.assertRegex(double("ab"), "^ab")
        self.assertDictEqual({"a": double(1)}, {"a": 2})

    def test_exceptions(self):
        with self.assertRaises(TypeError):
            double(None)
        self.assertRaises(TypeError, double, None)
        with self.assertRaisesRegex(TypeError, "unsupported"):
            double(None)
        with self.assertWarns(UserWarning):
            warn()

    def test_mocks(self):
        with mock.patch.object(solution, "read", return_value=7) as read:
            self.assertEqual(fetch("there"), 14)
        read.assert_called_once_with("there")
        read.assert_called_once()
        read.assert_called()


class TestAsync(unittest.IsolatedAsyncioTestCase):
    async def test_later(self):
        self.assertEqual(await solution.later(3), 6)
`;
const SOLUTION = `
import asyncio
import warnings


def read(path):
    raise OSError(path)


def double(value):
    return value + value


def fetch(path):
    return double(read(path))


def warn():
    warnings.warn("careful")


class Box(list):
    empty = None

    @property
    def items(self):
        return list(self)

    def same(self):
        return self


async def later(value):
    await asyncio.sleep(0)
    return double(value)
`;

/** Returns what stands behind the sign of equality in the line that calls it. */
const READING = `
import ast, linecache, sys
def double(value):
    frame = sys._getframe(1)
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()
    return ast.literal_eval(ast.parse(line).body[0].test.comparators[0])
`;

const UNITTEST: AssertionTests = {
  kind: "assertions",
  isolation: "shared",
  style: "unittest",
  source: FORMS,
  entryPoint: "double",
  names: [],
};
const CHECK: AssertionTests = {
  kind: "assertions",
  isolation: "shared",
  style: "check",
  entryPoint: "double",
  source: "def check(candidate):\n    assert candidate(2) == 4\n    assert candidate([1]) == [1, 1]\n",
};

describe("tests in the program's own process", () => {
  let opened: OpenVerifier;
  beforeAll(async () => {
    opened = await openVerifier("docker");
  });
  afterAll(() => opened.close());

  const judge = (code: string, tests: AssertionTests) =>
    opened.verifier.verify(ctx, {
      code,
      language: "python",
      resource: "shared",
      tests,
      limits: {
        cpuMs: 5e3,
        wallMs: 15e3,
      },
    });

  it("pass an honest program whatever is falsified, three times", async () => {
    for (const _ of [1, 2, 3]) {
      const { message, reward, isolation, cases } = await judge(SOLUTION, UNITTEST);
      expect({ message, reward, isolation }).toEqual({ message: "all 7 tests passed", reward: 1, isolation: "shared" });
      expect(cases.map(({ id }) => id)).toContain("TestAsync.test_later");
    }
  });

  it("find the tests by reading them, and miss what is expected and not there", async () => {
    const none = { ...UNITTEST, source: "import unittest\n" };
    await expect(judge(SOLUTION, none)).rejects.toMatchObject({ code: "verifier_failed" });
    const expected = ["TestForms.test_methods", "TestForms.test_gone"];
    const { reward, cases } = await judge(SOLUTION, { ...UNITTEST, expected });
    expect(reward).toBe(0);
    expect(cases.find(({ id }) => id === "TestForms.test_gone")).toMatchObject({ status: "no_tests" });
  });

  it("that cannot be read are a fault", async () => {
    const broken = { ...CHECK, source: "def check(candidate:\n" };
    await expect(judge(SOLUTION, broken)).rejects.toMatchObject({ code: "verifier_failed" });
  });

  it("say why an honest program fails", async () => {
    expect(await judge("def double(value):\n    return value", CHECK)).toMatchObject({ reason: "wrong_answer" });
    expect(await judge("def double(value:\n", CHECK)).toMatchObject({ reason: "compile_error" });
    expect(await judge("raise ValueError('x')", CHECK)).toMatchObject({ message: "ValueError: x" });
    expect(await judge("def other(): pass", CHECK)).toMatchObject({ reward: 0, reason: "runtime_error" });
  });

  it.each([
    ["writes the report itself", `import json, os\n${forged("passed")}\nos._exit(0)`, "tampered"],
    ["writes that all failed", `import json, os\n${forged("failed")}\nos._exit(0)`, "wrong_answer"],
    [
      "runs no test function",
      "import sys\nsys.modules['__main__'].main.__globals__['STYLES']['check'] = PASS",
      "tampered",
    ],
    ["answers by reading its caller", READING, "tampered"],
    ["equals everything", "class A:\n    __eq__ = lambda *_: True\ndef double(value): return A()", "tampered"],
    ["ends early", "raise SystemExit(0)", "runtime_error"],
    ["exits when it is called", "import os\ndef double(value): os._exit(0)", "no_tests"],
  ])("score no program that %s", async (_what, code, reason) => {
    const verdict = await judge(code.replace("PASS", "lambda _n, results, *_: results.add('check', 'passed')"), CHECK);
    expect(verdict).toMatchObject({ reward: 0, reason });
  });

  it("score none that is right in one assertion, and forges the report when it sees that one falsified", async () => {
    // It knows double(2) == 4, so it can tell some falsified variants from the tests as they are, but not all.
    const code = `
import json, os
source = open("test_solution.py").read()
known = "candidate(2) == 4" in source
${forged("passed").replace('"passed"', '"passed" if known else "failed"')}
os._exit(0)
`;
    expect(await judge(code, CHECK)).toMatchObject({ reward: 0, reason: "tampered" });
  });

  it("that assert nothing are believed, and said not to be checked", async () => {
    const { reward, cases } = await judge(SOLUTION, { ...CHECK, source: "def check(candidate):\n    candidate(1)\n" });
    expect(reward).toBe(1);
    expect(cases[0]?.evidence).toEqual([expect.stringContaining("not counter-checked")]);
  });

  it("of statements are tests each", async () => {
    const asserts = ["assert double(1) == 2", "assert double('a') == 'aa'", "assert double(0) == 1"];
    const tests: AssertionTests = { ...CHECK, style: "asserts", source: "", asserts };
    const { cases } = await judge(SOLUTION, tests);
    expect(cases.map(({ id, status }) => `${id} ${status}`)).toEqual(["0 passed", "1 passed", "2 wrong_answer"]);
    expect(await judge(SOLUTION, { ...tests, asserts: asserts.slice(0, 2) })).toMatchObject({ reward: 1 });
  });
});

/** Python that writes the report of the one test. */
function forged(status: string): string {
  const test = `{"id": "check", "status": "${status}", "message": "", "places": []}`;
  return `json.dump({"replaced": [], "problem": None, "tests": [${test}]}, open("report.json", "w"))`;
}
