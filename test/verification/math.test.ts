import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExecutionService } from "../../src/execution/index.ts";
import { systemClock } from "../../src/core/clock.ts";
import { type AnswerSubmission, gymLastBoxed, Verifier } from "../../src/verification/index.ts";
import { quickComparison } from "../../src/verification/math/quick.ts";
import { builtImages } from "../environments/support/built-images.ts";
import { ctx, openPlatform } from "../support/platform.ts";

const GSM8K = join(import.meta.dirname, "../../../shared/data/gsm8k/test.jsonl");
const PLACE = { timeoutSeconds: 20, limits: { memoryBytes: 512 << 20 }, image: "math", resource: "math-test" };

const images = await builtImages();
const missing = images.has("math") ? "" : " (skipped: sandlot image build math)";

describe.skipIf(missing !== "")(`math-verify in its sandbox${missing}`, { timeout: 600_000 }, () => {
  let platform: Awaited<ReturnType<typeof openPlatform>>;
  let execution: ExecutionService;
  let verifier: Verifier;
  beforeAll(async () => {
    platform = await openPlatform({ provider: "docker", modelUrl: "http://127.0.0.1:9" });
    if (!platform.execution) throw new Error("the platform runs no programs");
    ({ execution } = platform);
    verifier = new Verifier({ execution, clock: systemClock });
  });
  afterAll(() => platform.dispose());

  const judge = (text: string, expected: string, extraction: AnswerSubmission["extraction"] = "library") =>
    verifier.verifyAnswer(ctx, { ...PLACE, text, expected: [expected], extraction });

  it.each([
    ["\\boxed{\\dfrac{4}{8}}", "0.5", 1],
    ["\\boxed{(x+1)^2}", "$x^2 + 2x + 1$", 1],
    ["$x = \\boxed{-\\sqrt{8}}$", "\\(-2\\sqrt{2}\\)", 1],
    ["\\boxed{\\{2, 1\\}}", "\\{1, 2\\}", 1],
    ["\\boxed{50\\%}", "\\frac{1}{2}", 1],
    ["\\boxed{\\$1{,}250}", "1250", 1],
    ["\\boxed{\\text{yes}}", "yes", 1],
    ["\\boxed{\\dfrac{4}{9}}", "0.5", 0],
    ["\\boxed{x^2 + 1}", "$x^2 + 2x + 1$", 0],
    ["\\boxed{1, 2, 3}", "2", 0],
    ["\\boxed{__import__('os')._exit(0)}", "0.5", 0],
  ])("finds %j for %j worth %i", async (text, expected, reward) => {
    expect(await judge(text, expected)).toMatchObject({ reward, status: reward ? "passed" : "failed" });
  });

  it("ends a comparison that hangs, and blames the answer", async () => {
    const submission = { ...PLACE, text: "\\boxed{99999999!}", expected: ["\\sqrt{2}"], extraction: "boxed" } as const;
    const verdict = await verifier.verifyAnswer(ctx, { ...submission, timeoutSeconds: 2 });
    expect(verdict).toMatchObject({ reward: 0, status: "failed" });
    expect(["time_limit", "memory_limit", "wrong_answer"]).toContain(verdict.reason);
  });

  it("decides at once only what math-verify decides the same way", async () => {
    const cases = quickCases(400);
    expect(new Set(cases.map(({ quick }) => quick)).size).toBe(2);
    const code = `import json, sys, math_equivalence
for one in json.load(sys.stdin):
    print(int(math_equivalence.compare([one["expected"]], one["text"])["equal"]))`;
    const { cases: stages } = await execution.run(ctx, {
      language: "python",
      image: "math",
      code,
      cases: [{ stdin: Buffer.from(JSON.stringify(cases)) }],
      limits: { cpuMs: 120_000, wallMs: 600_000, memoryBytes: 512 << 20 },
    });
    const [stage] = stages;
    expect(stage, Buffer.from(stage?.stderr.tail ?? []).toString()).toMatchObject({ status: "ok" });
    const said = Buffer.concat([
      stage?.stdout.head ?? Buffer.alloc(0),
      stage?.stdout.tail ?? Buffer.alloc(0),
    ]).toString();
    const equal = said
      .trim()
      .split("\n")
      .map((line) => line === "1");
    expect(cases.filter(({ quick }, index) => quick !== equal[index])).toEqual([]);
    expect(equal).toHaveLength(cases.length);
  });

  it.skipIf(!existsSync(GSM8K))(
    "judges all of GSM8K, and a twin of each, without a sandbox (skipped where ../shared/data/gsm8k is missing)",
    async () => {
      const rows = readFileSync(GSM8K, "utf8").trim().split("\n");
      for (const line of rows) {
        const { answer } = JSON.parse(line) as { answer: string };
        const expected = answer
          .slice(answer.lastIndexOf("####") + 4)
          .trim()
          .replaceAll(",", "");
        const right = await judge(answer, expected, "last_number");
        expect(right).toMatchObject({ reward: 1, answer: expected, sandbox: null });
        const twin = await judge(`${answer}\nNo: ${expected}9`, expected, "last_number");
        expect(twin).toMatchObject({ reward: 0, answer: `${expected}9`, sandbox: null });
      }
      expect(rows).toHaveLength(1_319);
    },
  );
});

/** Texts that are decided at once, of parts that could mislead, by a fixed seed. */
function quickCases(count: number): { text: string; expected: string; quick: boolean }[] {
  let seed = 7;
  const pick = (list: readonly string[]) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return list[Math.floor((seed / 2_147_483_648) * list.length)] ?? "";
  };
  const found = new Map<string, { text: string; expected: string; quick: boolean }>();
  for (let tries = 0; tries < 200_000 && found.size < count; tries++) {
    const box = pick(BOXES);
    const text = pick(BEFORE) + pick(WRAPPED).replace("?", () => `\\boxed{${box}}`) + pick(AFTER);
    const expected = pick(["", ...BOXES]) || box;
    const answer = gymLastBoxed(text);
    const quick = answer === null ? null : quickComparison(text, answer, expected);
    if (quick !== null) found.set(`${text}\n${expected}`, { text, expected, quick });
  }
  return Array.from(found.values());
}

const BOXES = [
  "18",
  "-3",
  "0",
  "007",
  "1,000",
  " 7 ",
  "123456789012345",
  "3.50",
  "1/2",
  "-1/2",
  "x = 5",
  "2x+1",
  "5 cm",
  "{5}",
  "\\frac{1}{2}",
  "\\dfrac{83}{499}",
  "\\frac12",
  "3\\sqrt{2}",
  "2\\pi",
  "2\\cdot 3",
  "12 000",
  "1 2",
  "sin 1",
];
const WRAPPED = [
  "?",
  "$?$",
  "$$?$$",
  "\\[ ? \\]",
  "\\( ? \\)",
  "$x = ?$",
  "\\[\n?\n\\]",
  "**?**",
  " [ ? ] ",
  "$?$ and $y$",
];
const BEFORE = [
  "",
  "So ",
  "We have $x=5$ and thus ",
  "The answer is ",
  "The final answer is ",
  "Final Answer\n\n",
  "Answer: 12. Hence ",
  "**Final answer:** ",
  "a $ b ",
  "cost is $5, so ",
  "\\[ x = 3 \\] then ",
  "It is 20. The final answer is $5$. I hope ",
  "final answer is 5. So ",
  "Let \\(x=2\\).\nFinal answer: ",
  "é × ",
  "3 = ",
  "{",
];
const AFTER = [
  "",
  ".",
  "!",
  ", which is 20",
  " as {x} said",
  "%",
  " percent",
  " and \\frac{1}{2}",
  " $z=4$",
  "\nI hope it is correct.",
  " is 3",
  "}",
  "} }",
  " or $\\frac{2}{3}$",
  "\\)",
  "\n\nThat is 7}",
];
