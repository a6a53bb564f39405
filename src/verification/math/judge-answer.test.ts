import { expect, it, vi } from "vitest";
import { captured, stageOf } from "../../../test/execution/support/stage.ts";
import type { ExecutionRequest, Stage } from "../../execution/index.ts";
import { judgeAnswer } from "./judge-answer.ts";
import type { AnswerSubmission } from "./submission.ts";

const SUBMISSION: AnswerSubmission = {
  text: "So \\boxed{\\frac{2}{4}}",
  expected: ["\\(\\frac{1}{2}\\)"],
  extraction: "library",
  timeoutSeconds: 20,
  limits: { memoryBytes: 1 << 29 },
  image: "math",
  resource: "test",
};

type End = Partial<Stage> & { readonly said?: string };

/** Sandboxes in which comparisons end as given, one after another. */
function running(...ends: End[]) {
  return vi.fn(async (_request: ExecutionRequest) => {
    const { said = "", ...end } = ends.shift() ?? {};
    const sandbox = { id: "sbx_1", provider: "test", image: "math", mode: "A" } as const;
    const stage = stageOf({ stdout: captured(said), sandbox, ...end });
    return { language: "python", image: "math", compile: null, cases: [stage] };
  });
}

const report = (equal: boolean, unreadable: number[] = []) => ({
  said: JSON.stringify({ equal, extracted: "1/2", unreadable }),
});
const askedOf = (run: ReturnType<typeof running>, call: number) =>
  JSON.parse(Buffer.from(run.mock.calls[call]?.[0].cases[0]?.stdin ?? []).toString()) as object;

it("asks math-verify with half of the time for each step, and reports what it read", async () => {
  const run = running(report(true));
  expect(await judgeAnswer(run, SUBMISSION)).toMatchObject({ reward: 1, answer: "1/2", sandbox: { image: "math" } });
  const asked = { expected: ["\\frac{1}{2}"], answer: SUBMISSION.text, step_seconds: 10 };
  expect(askedOf(run, 0)).toEqual(asked);
  expect(run.mock.calls[0]?.[0].limits).toMatchObject({ cpuMs: 20_000, memoryBytes: 1 << 29 });
});

it("hands over nothing but what was extracted, where the library is not to search", async () => {
  const run = running(report(false), report(false));
  await judgeAnswer(run, { ...SUBMISSION, extraction: "boxed" });
  expect(askedOf(run, 0)).toMatchObject({ answer: "\\boxed{\\frac{2}{4}}" });
  await judgeAnswer(run, { ...SUBMISSION, extraction: "last_number", text: "It is 1,234.5!" });
  expect(askedOf(run, 1)).toMatchObject({ answer: "\\boxed{1234.5}" });
});

it("takes any of several expected answers, and runs nothing when one is plainly it", async () => {
  const run = running();
  const submission = { ...SUBMISSION, text: "\\boxed{12}", expected: ["11", "12", "\\sqrt{144}"] };
  expect(await judgeAnswer(run, submission)).toMatchObject({ reward: 1, answer: "12", sandbox: null });
  expect(await judgeAnswer(run, { ...submission, expected: ["11", "13"] })).toMatchObject({ reward: 0, answer: "12" });
  expect(run).not.toHaveBeenCalled();
});

it.each(["time_limit", "memory_limit", "runtime_error"] as const)(
  "blames the answer for a %s, when the expected one can be compared",
  async (status) => {
    const run = running({ status, message: "it was too much" }, report(true));
    expect(await judgeAnswer(run, SUBMISSION)).toMatchObject({
      reward: 0,
      reason: status,
      message: "the answer cannot be compared: it was too much",
    });
    expect(askedOf(run, 1)).toMatchObject({ answer: "\\boxed{\\frac{1}{2}}" });
  },
);

it("blames no answer when not even the expected one can be compared", async () => {
  const broken = { status: "runtime_error", message: "no module named math_equivalence" } as const;
  await expect(judgeAnswer(running(broken, broken), SUBMISSION)).rejects.toMatchObject({ code: "verifier_failed" });
});

it("throws faults, and reports that say nothing", async () => {
  const fault = new Error("the sandbox is gone");
  await expect(judgeAnswer(() => Promise.reject(fault), SUBMISSION)).rejects.toBe(fault);
  await expect(judgeAnswer(running({ said: "{" }), SUBMISSION)).rejects.toMatchObject({ code: "verifier_failed" });
  const unreadable = running(report(false, [0]));
  await expect(judgeAnswer(unreadable, SUBMISSION)).rejects.toMatchObject({ code: "verifier_failed" });
});
