import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkGymLines } from "../../src/cli/samples/gym-lines.ts";
import type { Sample } from "../../src/contract/samples.ts";
import { type StandIn, startStandIn } from "../../src/models/index.ts";
import { decode } from "../../src/models/stand-in/text/tokenizer.ts";
import { allRollouts, ctx, openPlatform, recordOf, runJob, submit } from "../support/platform.ts";
import { squareRow } from "../support/rows.ts";

let engines: StandIn;
let platform: Awaited<ReturnType<typeof openPlatform>>;
let jobId: string;

const row = {
  task_id: "sum",
  id: 0,
  expected_result: "42",
  expected_code_contains: "",
  responses_create_params: {
    input: [{ role: "user", content: "What is 17 + 25? Answer in \\boxed{}." }],
    tools: [
      {
        type: "function",
        name: "execute_python",
        description: "Runs Python",
        parameters: { type: "object", properties: { code: { type: "string" } }, required: ["code"] },
      },
    ],
  },
};
const REPEATS = 4;

beforeAll(async () => {
  engines = await startStandIn({
    model: "m",
    replicas: 2,
    speed: Infinity,
    drift: true,
    // Two calls of the tool, then the answer.
    answer: ({ prompt }) => {
      const results = decode(prompt).split("<tool_response>").length - 1;
      if (results === 2) return { content: "It is \\boxed{42}." };
      return {
        reasoning: "I compute.",
        toolCalls: [{ name: "execute_python", arguments: '{"code": "print(17 + 25)"}' }],
      };
    },
  });
  const replicas = engines.replicas.map(({ url }, at) => ({ url, id: `replica-${at}` }));
  platform = await openPlatform({
    provider: "docker",
    modelUrl: "http://127.0.0.1:9",
    settings: { "models.policy": { model: "m", api: "chat", tokens: true, replicas } },
  });
  ({ jobId } = await runJob(platform, {
    environment: "math_with_code",
    model: "policy",
    tasks: { rows: [row] },
    repeats: REPEATS,
  }));
});
afterAll(async () => {
  await platform?.dispose();
  await engines?.stop();
});

async function samplesOf(): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let cursor: string | null = null; ;) {
    const page = await platform.jobs.samples(ctx, jobId, { cursor, limit: 3, waitMs: 0 });
    samples.push(...page.items);
    cursor = page.next_cursor;
    if (page.complete) return samples;
  }
}

describe("the samples of a job", () => {
  it("are the tokens of its export as Gym's rows, on the last item of each call", async () => {
    const query = { format: "gym", cursor: null, limit: null, waitMs: 0 } as const;
    const lines: string[] = [];
    for await (const line of await platform.readings.export(ctx, jobId, query)) lines.push(line);
    expect(checkGymLines(lines.join("\n"))).toEqual({ rollouts: REPEATS, contiguous: REPEATS, found: [] });
  });

  it("are one exact sequence for each rollout of several turns, over a fleet, whatever its tokens", async () => {
    const samples = await samplesOf();
    expect(samples.map(({ branch, break: broken, problem, mask }) => [branch, broken, problem, mask])).toEqual(
      Array.from({ length: REPEATS }, () => [0, null, null, false]),
    );
    expect(samples.map(({ reward, outcome }) => [reward, outcome])).toEqual(
      Array.from({ length: REPEATS }, () => [1, "scored"]),
    );
    expect(new Set(samples.map(({ group_id }) => group_id)).size).toBe(1);
    expect(samples.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    for (const sample of samples) {
      expect(sample.call_ids).toHaveLength(3);
      expect([sample.loss_mask.length, sample.logprobs.length]).toEqual([
        sample.response_ids.length,
        sample.response_ids.length,
      ]);
      expect(sample.logprobs.filter((_, at) => sample.loss_mask[at] === 1).every((logprob) => logprob < 0)).toBe(true);
      // What the tool said stands between the turns, and is not trained on.
      expect(sample.loss_mask).toContain(0);
    }
  });

  it("hold just the tokens that the engine gave, call by call", async () => {
    const samples = await samplesOf();
    const replicas = new Set<string | null>();
    for (const rollout of await allRollouts(platform, jobId)) {
      const sample = samples.find(({ rollout_id }) => rollout_id === rollout.id);
      const { trajectory } = await recordOf(platform, rollout);
      expect(trajectory?.contiguity).toMatchObject({ calls: 3, branches: 1, contiguous: true });
      for (const [at, call] of (trajectory?.calls ?? []).entries()) {
        replicas.add(call.replica);
        const span = sample?.spans[at];
        expect(sample?.response_ids.slice(span?.start, span?.end)).toEqual(call.generation_token_ids);
        expect(sample?.logprobs.slice(span?.start, span?.end)).toEqual(call.generation_log_probs);
      }
      const last = trajectory?.calls.at(-1);
      const whole = [...(last?.prompt_token_ids ?? []), ...(last?.generation_token_ids ?? [])];
      expect([...(sample?.prompt_ids ?? []), ...(sample?.response_ids ?? [])]).toEqual(whole);
    }
    expect([...replicas].every((id) => id === "replica-0" || id === "replica-1")).toBe(true);
  });

  it("are refused for a job that replays answers", async () => {
    const { job } = await submit(platform, { environment: "code_gen", tasks: { rows: [squareRow("0").value] } });
    const samples = platform.jobs.samples(ctx, job.id, { cursor: null, limit: 1, waitMs: 0 });
    await expect(samples).rejects.toMatchObject({ code: "not_trainable" });
    await platform.jobs.cancel(ctx, job.id, 60_000);
  });
});
