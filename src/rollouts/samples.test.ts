import { describe, expect, it } from "vitest";
import type { Rollout, Trajectory, TrajectoryCall } from "../contract/rollouts.ts";
import { Sample } from "../contract/samples.ts";
import { rolloutSamples } from "./samples.ts";

const rollout: Rollout = {
  id: "rol_1",
  job_id: "job_1",
  environment: "code_gen",
  task_id: "t",
  task_index: 3,
  rollout_index: 1,
  state: "done",
  outcome: "scored",
  reward: 1,
  masked: false,
  truncated_by: null,
  reason: null,
  reward_components: null,
  metrics: {},
  times: null,
  attempts: 1,
  sequence: 7,
  replay: false,
  ended_at: null,
};

const callWith = (
  id: string,
  parent: string | null,
  prompt: number[] | null,
  generation: number[] | null,
): TrajectoryCall => ({
  id,
  parent,
  break: null,
  role: "policy",
  model: "m",
  replica: null,
  trainable: true,
  weight_version: "v1",
  weight_versions: [],
  status: 200,
  finish_reason: "stop",
  items: 1,
  request: "{}",
  response: "{}",
  usage: null,
  prompt_token_ids: prompt,
  generation_token_ids: generation,
  generation_log_probs: generation?.map(() => -0.5) ?? null,
  started_at: "2026-01-01T00:00:00.000Z",
  duration_ms: 1,
});

const trajectoryOf = (...calls: TrajectoryCall[]): Trajectory => ({
  calls,
  items: [],
  response: null,
  contiguity: { calls: 0, branches: 0, breaks: [], problems: [], contiguous: false },
});

describe("the samples of a rollout", () => {
  it("are one sequence where the turns continue each other", () => {
    const { items: samples } = rolloutSamples(
      rollout,
      trajectoryOf(callWith("a", null, [1, 2], [3]), callWith("b", "a", [1, 2, 3, 4], [5])),
    );
    expect(samples).toMatchObject([
      {
        id: "rol_1-0",
        group_id: "job_1-3",
        sequence: 7,
        prompt_ids: [1, 2],
        response_ids: [3, 4, 5],
        loss_mask: [1, 0, 1],
        logprobs: [-0.5, 0, -0.5],
        spans: [
          { call_id: "a", start: 0, end: 1, weight_version: "v1" },
          { call_id: "b", start: 2, end: 3, weight_version: "v1" },
        ],
        reward: 1,
        mask: false,
        problem: null,
      },
    ]);
    expect(Sample.safeParse(samples[0]).error).toBeUndefined();
  });

  it("never hide a call without tokens: it is a sample of its own, masked, with the reason", () => {
    const { items: samples } = rolloutSamples(
      rollout,
      trajectoryOf(callWith("a", null, [1], [2]), callWith("b", "a", [1], null)),
    );
    expect(samples).toMatchObject([
      { call_ids: ["a"], mask: false },
      { call_ids: ["b"], mask: true, prompt_ids: [], problem: "call b: no ids of its generation" },
    ]);
  });

  it("are masked with their rollout", () => {
    const masked: Rollout = { ...rollout, outcome: "truncated", masked: true, reward: null };
    expect(rolloutSamples(masked, trajectoryOf(callWith("a", null, [1], [2]))).items).toMatchObject([
      { mask: true, problem: null, reward: null },
    ]);
  });

  it("leave out a call that was refused, and say where no call was answered", () => {
    const refused = { ...callWith("b", "a", null, null), status: 400 };
    expect(rolloutSamples(rollout, trajectoryOf(callWith("a", null, [1], [2]), refused)).items).toHaveLength(1);
    const lost: Rollout = { ...rollout, outcome: "model_error", masked: true, reward: null };
    const empty = { call_ids: [], response_ids: [], mask: true, problem: "no model call was answered" };
    expect(rolloutSamples(lost, null).items).toMatchObject([{ ...empty, outcome: "model_error", rollout_id: "rol_1" }]);
  });
});
