import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Submission } from "../../src/verification/index.ts";
import { ctx } from "../support/sandboxes.ts";
import { type OpenVerifier, openVerifier } from "./support/open-verifier.ts";

const FILE = join(import.meta.dirname, "..", "..", "..", "shared", "data", "humaneval", "HumanEval.jsonl");

interface Problem {
  readonly task_id: string;
  readonly prompt: string;
  readonly canonical_solution: string;
  readonly test: string;
  readonly entry_point: string;
}

describe.skipIf(!existsSync(FILE))(
  "HumanEval over the bridge (skipped where ../shared/data/humaneval is missing)",
  () => {
    let opened: OpenVerifier;
    beforeAll(async () => {
      opened = await openVerifier("docker");
    });
    afterAll(() => opened.close());

    const problems = () =>
      readFileSync(FILE, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Problem);

    const judgeAll = async (body: (problem: Problem) => string) => {
      return Promise.all(
        problems().map(async (problem) => {
          const verdict = await opened.verifier.verify(ctx, submissionOf(problem, body(problem)));
          return {
            id: problem.task_id,
            reward: verdict.reward,
            isolation: verdict.isolation,
            message: verdict.message,
          };
        }),
      );
    };

    it("scores every canonical solution", async () => {
      const verdicts = await judgeAll((problem) => problem.canonical_solution);
      expect(verdicts).toHaveLength(164);
      expect(verdicts.filter(({ reward, isolation }) => reward !== 1 || isolation !== "bridge")).toEqual([]);
    });

    for (const stub of ["    pass\n", "    return None\n", ""]) {
      it(`scores no stub ${JSON.stringify(stub)}`, async () => {
        const verdicts = await judgeAll(() => stub);
        expect(verdicts.filter(({ reward }) => reward !== 0)).toEqual([]);
      });
    }
  },
);

function submissionOf({ prompt, test, entry_point: entryPoint }: Problem, body: string): Submission {
  return {
    code: prompt + body,
    language: "python",
    resource: "human_eval",
    limits: { cpuMs: 5_000, wallMs: 15_000 },
    tests: { kind: "assertions", style: "check", source: test, entryPoint, context: `${prompt}    pass\n` },
  };
}
