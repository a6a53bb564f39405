import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outputText, type OutputItem } from "../../src/contract/responses.ts";
import type { Rollout } from "../../src/contract/rollouts.ts";
import type { ReplayModel } from "../../src/models/index.ts";
import { type Row } from "../../src/resources/index.ts";
import { openPlatform, recordOf, replayOf, runJob } from "../support/platform.ts";

/** NeMo Gym's recorded rollouts; recorded line → example row (they are in completion order). */
const DATA = join(import.meta.dirname, "../../../shared/data/gym/code_gen");
const EXAMPLE_OF_RECORDED = [4, 3, 2, 1, 0];

interface Recorded {
  readonly response: { readonly output: OutputItem[] };
  readonly reward: number;
  readonly extracted_model_code: string | null;
  readonly result: unknown;
}

const lines = (name: string) => readFileSync(join(DATA, name), "utf8").split("\n").filter(Boolean);

/** A twin whose program prints one line more: it must never score. */
function mutated(answer: string): string {
  const at = answer.lastIndexOf("\n```");
  return `${answer.slice(0, at)}\nprint("surplus")${answer.slice(at)}`;
}

describe.skipIf(!existsSync(DATA))("NeMo Gym's recorded code_gen rollouts (needs ../shared/data)", () => {
  const rows = existsSync(DATA) ? lines("example.jsonl") : [];
  const recorded = existsSync(DATA) ? lines("example_rollouts.jsonl").map((line) => JSON.parse(line) as Recorded) : [];
  let model: ReplayModel;

  beforeAll(async () => {
    model = await replayOf(
      recorded.map(({ response }, index) => {
        const raw = rows[EXAMPLE_OF_RECORDED[index] ?? 0] ?? "";
        const row: Row = { raw, value: JSON.parse(raw) as Row["value"] };
        const answer = outputText(response.output);
        return { row, answers: [answer, mutated(answer)] };
      }),
    );
  });
  afterAll(() => model.stop());

  for (const provider of ["local", "docker"] as const) {
    it(`replayed through the whole chain, they get the recorded rewards, and their mutated twins 0 (${provider})`, async () => {
      const platform = await openPlatform({ provider, modelUrl: model.url, concurrency: 1 });
      try {
        const given = rows.map((row) => JSON.parse(row) as Record<string, unknown>);
        const { rollouts } = await runJob(platform, { environment: "code_gen", tasks: { rows: given }, repeats: 2 });
        expect(rollouts).toHaveLength(10);
        for (const [index, wanted] of recorded.entries()) {
          const ofTask = (n: number) =>
            rollouts.find((r: Rollout) => r.task_index === EXAMPLE_OF_RECORDED[index] && r.rollout_index === n);
          const [original, twin] = [ofTask(0), ofTask(1)];
          if (!original || !twin) throw new Error(`no rollouts for recorded line ${index}`);
          expect(original).toMatchObject({ outcome: "scored", reward: wanted.reward, masked: false });
          expect(twin).toMatchObject({ outcome: "scored", reward: 0, masked: false });
          const { verdict } = await recordOf(platform, original);
          expect(verdict?.answer).toBe(wanted.extracted_model_code);
        }
      } finally {
        await platform.dispose();
      }
    });
  }
});
