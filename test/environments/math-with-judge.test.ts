import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outputText, type OutputItem } from "../../src/contract/responses.ts";
import { gymLastBoxed } from "../../src/verification/index.ts";
import { startRecordedModel, withOtherAnswer } from "./support/recorded-model.ts";
import { ctx, openPlatform, recordOf, runJob } from "../support/platform.ts";
import { builtImages } from "./support/built-images.ts";

const DATA = join(import.meta.dirname, "../../../shared/data/gym/math_with_judge");
/** Recorded line → example row. */
const EXAMPLE_OF_RECORDED = [2, 1, 0, 3, 4];
/** SymPy works for seconds on one of them, and much longer on a busy machine. */
const SLOW_MS = 600_000;

interface Recorded {
  readonly response: { readonly output: OutputItem[] };
  readonly reward: number;
  readonly library_reward: number;
  readonly extracted_answer: string | null;
}

const answerOf = ({ response }: Recorded) => outputText(response.output);
const linesOf = <T>(name: string) =>
  existsSync(DATA)
    ? readFileSync(join(DATA, name), "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as T)
    : [];

const images = await builtImages();
const missing = images.has("math") ? "" : " (skipped: sandlot image build math)";

describe.skipIf(missing !== "" || !existsSync(DATA))(
  `NeMo Gym's recorded math_with_judge rollouts (needs ../shared/data)${missing}`,
  () => {
    const rows = linesOf<Record<string, unknown>>("example.jsonl");
    const recorded = linesOf<Recorded>("example_rollouts.jsonl");

    it.each(["recorded", "twin"] as const)(
      "verified again by math-verify alone, %s",
      async (which) => {
        const runs = recorded.map(({ response: { output } }, line) => {
          const value = rows[EXAMPLE_OF_RECORDED[line] ?? 0] ?? {};
          return { row: { raw: "", value }, output: which === "twin" ? withOtherAnswer(output) : output };
        });
        const model = await startRecordedModel(runs);
        const platform = await openPlatform({ provider: "docker", modelUrl: model.url, replay: false });
        try {
          const { rollouts } = await runJob(platform, { environment: "math_with_judge", tasks: { rows }, repeats: 1 });
          for (const [line, wanted] of recorded.entries()) {
            const rollout = rollouts.find(({ task_index: index }) => index === EXAMPLE_OF_RECORDED[line]);
            if (!rollout) throw new Error(`no rollout for recorded line ${line}`);
            // No judge was of another opinion than the library.
            expect(wanted.library_reward).toBe(wanted.reward);
            const reward = which === "twin" ? 0 : wanted.reward;
            expect(rollout).toMatchObject({ outcome: "scored", masked: false, reward });
            if (which === "twin") continue;
            const { verdict } = await recordOf(platform, rollout);
            // What is decided without the library is shown as it was written.
            const answer = verdict?.sandbox === null ? gymLastBoxed(answerOf(wanted)) : wanted.extracted_answer;
            expect(verdict).toMatchObject({ answer, metrics: { library_reward: reward } });
          }
        } finally {
          await platform.dispose();
          await model.stop();
        }
      },
      SLOW_MS,
    );
  },
);

describe("math_with_judge without its judge", () => {
  let platform: Awaited<ReturnType<typeof openPlatform>>;
  beforeAll(async () => {
    platform = await openPlatform({ provider: "local", modelUrl: "http://127.0.0.1:9" });
  });
  afterAll(() => platform.dispose());

  const row = (more: object) =>
    JSON.stringify({ responses_create_params: { input: "?" }, question: "?", expected_answer: "$4$", ...more });

  it("verifies plain answers without any sandbox", async () => {
    const environment = await platform.environments.get("math_with_judge");
    const given = environment.checkRow(row({}), 1);
    const token = await environment.resource.seed(ctx, given);
    const content = (text: string) => [{ type: "message", content: [{ type: "output_text", text }] }];
    const answered = (text: string) =>
      environment.resource.verify(ctx, token, given, {
        id: "r",
        object: "response",
        model: "m",
        output: content(text),
      });
    expect(await answered("$\\boxed{4}$")).toMatchObject({ reward: 1, sandbox: null, metrics: { library_reward: 1 } });
    expect(await answered("\\boxed{5}")).toMatchObject({ reward: 0, reason: "wrong_answer", answer: "5" });
    expect(await answered("4")).toMatchObject({ reward: 0, answer: null, message: "the answer has no \\boxed{…}" });
  });

  it.each([
    [{ should_use_judge: true }, "should_use_judge", "there is no judge model here: only math-verify decides"],
    [{ expected_answer: "$ $" }, "expected_answer", "a row without an answer cannot be verified"],
  ])("refuses a row with %j", async (more, field, problem) => {
    const environment = await platform.environments.get("math_with_judge");
    expect(() => environment.checkRow(row(more), 1)).toThrow(
      expect.objectContaining({ code: "invalid_row", context: { line: 1, fields: [{ field, problem }] } }) as Error,
    );
  });
});
