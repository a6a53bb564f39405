import { describe, expect, it } from "vitest";
import { type Judgement, masked, scored, truncated } from "../../core/outcome.ts";
import type { RolloutRow } from "../../store/port.ts";
import { gymLine } from "./gym-line.ts";

const pointer = { segment: "s", offset: 0, length: 0 };

function rollout(judgement: Judgement, more: Partial<RolloutRow> = {}): RolloutRow {
  return {
    id: "rol_1",
    jobId: "job_1",
    tenant: "default",
    environment: "arithmetic",
    taskId: "sum",
    taskIndex: 3,
    rolloutIndex: 1,
    row: pointer,
    rowPart: "row",
    state: "done",
    judgement,
    reason: null,
    rewardComponents: null,
    metrics: {},
    times: null,
    attempts: 1,
    sequence: 9,
    replay: false,
    record: pointer,
    endedAt: null,
    ...more,
  };
}

const ROW = `{ "responses_create_params": {"input": "2+2",\n "temperature": 1.0, "seed": 12345678901234567890}, "expected": "4" }`;

function recordOf(parts: Readonly<Record<string, string>>): Map<string, Uint8Array> {
  return new Map(Object.entries(parts).map(([name, text]) => [name, Buffer.from(text)]));
}

const call = (items: number, prompt: number[] | null, generation: number[] | null) => ({
  items,
  prompt_token_ids: prompt,
  generation_token_ids: generation,
  generation_log_probs: generation?.map(() => -0.5) ?? null,
});

const line = (judgement: Judgement, parts: Readonly<Record<string, string>> | null, more: Partial<RolloutRow> = {}) =>
  gymLine({
    job: { sampling: '{"temperature":0.0,"top_p":0.9}' },
    agent: "arithmetic_simple_agent",
    rollout: rollout(judgement, more),
    row: ROW,
    record: parts && recordOf(parts),
  });

describe("a rollout as Gym's result row", () => {
  it("has reward, indices, agent, and what the model was asked as the text that it was", () => {
    const text = line(
      scored(0),
      { final: "null", verdict: '{"answer":"5"}' },
      { metrics: { accuracy: 0, input_tokens: 7, reward: 1, _ng_failure_class: 1 } },
    );
    expect(text).not.toContain("\n");
    expect(text).toContain('"temperature":0.0');
    expect(text).toContain('"seed":12345678901234567890');
    expect(JSON.parse(text)).toMatchObject({
      responses_create_params: { input: "2+2", top_p: 0.9 },
      reward: 0,
      mask_sample: false,
      failure_kind: null,
      accuracy: 0,
      extracted_answer: "5",
      _ng_task_index: 3,
      _ng_rollout_index: 1,
      agent_ref: { name: "arithmetic_simple_agent" },
      sandlot: { rollout_id: "rol_1", job_id: "job_1", sequence: 9, outcome: "scored" },
    });
    expect(JSON.parse(text)).not.toHaveProperty("expected");
    expect(JSON.parse(text)).not.toHaveProperty("input_tokens");
    expect(JSON.parse(text)).not.toHaveProperty("_ng_failure_class");
  });

  it.each([
    ["a fault", masked("sandbox_error"), "sandbox_error", "sandbox_lost"],
    ["a limit whose work was not scored", truncated("length", null, "score"), "truncated", "length"],
  ] as const)("says that it is masked by %s and has no reward", (_, judgement, kind, reason) => {
    const more = { metrics: { reward: 0 }, ...(kind === "sandbox_error" ? { reason } : {}) };
    const value = JSON.parse(line(judgement, null, more)) as Record<string, unknown>;
    expect(value).toMatchObject({
      mask_sample: true,
      failure_kind: kind,
      _ng_failure_class: kind,
      failure_reason: reason,
    });
    expect(value).not.toHaveProperty("reward");
    expect(value).not.toHaveProperty("response");
  });

  it("has each call's tokens on its last item, whatever tools answered in between", () => {
    const items = [
      '{"type":"reasoning","id":"r"}',
      '{"type":"function_call","call_id":"c","arguments":"{}"}',
      '{"type":"function_call_output","call_id":"c","output":"1e400 \\ud800"}',
      '{"type":"message","content":[]}',
    ];
    const parts = {
      final: '{"id":"resp","object":"response","output":["old"],"usage":{"input_tokens":1}}',
      items: `[${items.join(",")}]`,
      calls: JSON.stringify([call(2, [1], [2]), call(0, null, null), call(1, [1, 2, 3], [4])]),
    };
    const text = line(truncated("turns", 0.5, "score"), parts);
    expect(text).toContain('"output":"1e400 \\ud800"');
    const { response, reward } = JSON.parse(text) as {
      response: { output: unknown[]; usage: unknown };
      reward: number;
    };
    expect(reward).toBe(0.5);
    expect(response.usage).toEqual({ input_tokens: 1 });
    expect(response.output).toMatchObject([
      { type: "reasoning" },
      { type: "function_call", prompt_token_ids: [1], generation_token_ids: [2], generation_log_probs: [-0.5] },
      { type: "function_call_output" },
      { type: "message", prompt_token_ids: [1, 2, 3], generation_token_ids: [4] },
    ]);
    expect(response.output[0]).not.toHaveProperty("prompt_token_ids");
  });

  it("leaves the items of records of old as they are", () => {
    const parts = {
      final: '{"output":[]}',
      items: '[{"type":"message"}]',
      calls: JSON.stringify([{ ...call(1, [1], [2]), items: null }]),
    };
    expect(JSON.parse(line(scored(1), parts))).toMatchObject({ response: { output: [{ type: "message" }] } });
    expect(line(scored(1), parts)).not.toContain("prompt_token_ids");
  });
});
