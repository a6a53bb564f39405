import type { AnswerSubmission, Submission, Tests } from "../../../src/verification/index.ts";
import { TWICE } from "../support/program-rows.ts";
import type { Verify } from "./faulty-verifier.ts";

/** One kind of tests, with an honest answer and a wrong one. */
export interface Kind {
  readonly name: string;
  readonly right: Verify;
  readonly wrong: Verify;
}

const LIMITS = { wallMs: 5_000, cpuMs: 2_000 };
export const RESOURCE = "faults";

function programs(name: string, tests: Tests, right: string, wrong: string, more: Partial<Submission> = {}): Kind {
  const verify =
    (code: string): Verify =>
    (ctx, verifier) =>
      verifier.verify(ctx, { code, language: "python", resource: RESOURCE, limits: LIMITS, tests, ...more });
  return { name, right: verify(right), wrong: verify(wrong) };
}

const CASES: Tests = {
  kind: "cases",
  cases: [3, 4].map((n) => ({ kind: "stdin", input: `${n}\n`, expected: `${n * n}\n` })),
};
const CHECKER: Tests = {
  kind: "checker",
  cases: [{ input: "10\n", answer: "3 7\n" }],
  checker: {
    language: "python",
    code: `import sys
given, output, answer = [open(path).read().split() for path in sys.argv[1:4]]
sys.exit(0 if sum(map(int, output)) == int(given[0]) else 1)
`,
  },
};
const CHECK = {
  kind: "assertions",
  style: "check",
  entryPoint: "twice",
  source: "def check(candidate):\n    assert candidate(2) == 4\n    assert candidate('ab') == 'abab'\n",
} as const;
const DOUBLES = "def twice(value):\n    return value + value\n";
const SAME = "def twice(value):\n    return value\n";

/** A moment, so that a program can be killed while it runs. */
const MOMENT = "import time\ntime.sleep(0.2)\n";
const adds = (left: number) => `${MOMENT}total = int(input())\nprint(${left}, total - 1)`;

export const LOCAL_KINDS: readonly Kind[] = [
  programs("cases", CASES, `${MOMENT}print(int(input()) ** 2)`, `${MOMENT}print(0)`),
  programs("checker", CHECKER, adds(1), adds(2)),
  programs("assertions, by bridge", CHECK, MOMENT + DOUBLES, MOMENT + SAME),
  programs("assertions, shared", { ...CHECK, isolation: "shared" }, MOMENT + DOUBLES, MOMENT + SAME),
];

export const PROGRAM: Kind = programs(
  "program",
  TWICE.javascript,
  "function twice(n) { return Array.isArray(n) ? n.map((x) => 2 * x) : 2 * n; }",
  "function twice(n) { return n; }",
  { language: "javascript" },
);

const TEST_FILE = "from cart import total\n\n\ndef test_total():\n    assert total(2, 3) == 6\n";
const cart = (sign: string) => `def total(price, count):\n    return price ${sign} count\n`;

export const PROJECT: Kind = (() => {
  const tests: Tests = {
    kind: "pytest",
    files: { "tests/test_cart.py": TEST_FILE },
    expected: ["tests/test_cart.py::test_total"],
  };
  const verify =
    (sign: string): Verify =>
    (ctx, verifier) => {
      const project = { "cart.py": cart(sign) };
      const limits = { wallMs: 20_000, cpuMs: 10_000 };
      return verifier.verify(ctx, { code: "", language: "python", resource: RESOURCE, limits, tests, project });
    };
  return { name: "pytest", right: verify("*"), wrong: verify("+") };
})();

/** Answers of which only math-verify can tell. */
export const MATH: Kind = (() => {
  const verify =
    (text: string): Verify =>
    (ctx, verifier) => {
      const place = {
        timeoutSeconds: 20,
        limits: { memoryBytes: 512 << 20 },
        image: "math",
        resource: RESOURCE,
      } as const;
      const submission: AnswerSubmission = { ...place, text, expected: ["$x^2 + 2x + 1$"], extraction: "library" };
      return verifier.verifyAnswer(ctx, submission);
    };
  return { name: "math answer", right: verify("\\boxed{(x+1)^2}"), wrong: verify("\\boxed{(x+2)^2}") };
})();
