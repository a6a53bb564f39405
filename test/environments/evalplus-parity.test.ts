import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { VerifyItem } from "../../src/contract/verification.ts";
import { openRealServer, type RealServer } from "../server/support/real-server.ts";

/** Gym's evalplus names its tasks only; their tests are HumanEval's, without the ones that EvalPlus adds. */
const DATA = join(import.meta.dirname, "../../../shared/data");
const RECORDED = join(DATA, "gym/evalplus/example_rollouts.jsonl");
const PROBLEMS = join(DATA, "humaneval/HumanEval.jsonl");
const isHere = existsSync(RECORDED) && existsSync(PROBLEMS);

interface Recorded {
  readonly verifier_metadata: { readonly task_id: string };
  readonly response: NonNullable<VerifyItem["response"]>;
  readonly reward: number;
  readonly base_status: string;
  readonly extracted_model_code: string;
}
interface Problem {
  readonly task_id: string;
  readonly entry_point: string;
}

const lines = <T>(path: string) =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);

describe.skipIf(!isHere)("NeMo Gym's recorded evalplus rollouts (needs ../shared/data)", () => {
  const recorded = isHere ? lines<Recorded>(RECORDED) : [];
  const problems = new Map(isHere ? lines<Problem>(PROBLEMS).map((problem) => [problem.task_id, problem]) : []);
  const problemOf = ({ verifier_metadata: { task_id: id } }: Recorded) => {
    const problem = problems.get(id);
    if (!problem) throw new Error(`no problem ${id}`);
    return problem;
  };
  let server: RealServer;

  beforeAll(async () => {
    server = await openRealServer("docker");
  });
  afterAll(() => server?.dispose());

  async function verdictsOn(answerOf: (rollout: Recorded) => Pick<VerifyItem, "answer" | "response">) {
    const items = recorded.map((rollout) => ({ row: { ...problemOf(rollout) }, ...answerOf(rollout) }));
    const answer = await server.client.verify({ environment: "human_eval", items });
    if (!("items" in answer)) throw new Error("a batch was asked for");
    return answer.items;
  }

  it("get the recorded rewards by human_eval", async () => {
    const verdicts = await verdictsOn(({ response }) => ({ response }));
    expect(recorded).toHaveLength(5);
    for (const [index, { reward, base_status: status, extracted_model_code: code }] of recorded.entries()) {
      expect(status).toBe(reward === 1 ? "pass" : "fail");
      expect(verdicts[index]).toMatchObject({ outcome: "scored", reward });
      expect(verdicts[index]?.verdict?.answer?.trimEnd()).toContain(code.trimEnd());
    }
  });

  it("get 0 when their function is spoilt", async () => {
    const verdicts = await verdictsOn((rollout) => {
      const { entry_point: name } = problemOf(rollout);
      const spoilt = `${rollout.extracted_model_code}\n\n_right = ${name}\n\ndef ${name}(*values):\n    return [_right(*values)]\n`;
      return { answer: `\`\`\`python\n${spoilt}\`\`\`` };
    });
    for (const verdict of verdicts) expect(verdict).toMatchObject({ outcome: "scored", reward: 0 });
  });
});
