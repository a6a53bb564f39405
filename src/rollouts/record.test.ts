import { expect, test } from "vitest";
import type { AgentRun } from "../agents/port.ts";
import type { ResponseObject } from "../contract/responses.ts";
import { decodeRecord, encodeRecord } from "./record.ts";

const answer: ResponseObject = { id: "r", object: "response", model: "m", output: [] };

const call = {
  id: "cal_1",
  parent: null,
  broken: null,
  request: '{"input":"2+2"}',
  response: '{"output":"4"}',
  status: 200,
  answer,
  items: ['{"type":"message","content":"4"}'],
  finishReason: "stop",
  truncatedBy: null,
  usage: null,
  tokens: { promptTokenIds: [1, 2, 3], generationTokenIds: [4, 5], generationLogProbs: [-0.5, -0.1] },
  weightVersion: "7",
  startedAt: 0,
  durationMs: 12.5,
};

function runOf(...tokens: (typeof call)["tokens"][]): AgentRun {
  const calls = tokens.map((given, at) => ({ ...call, id: `cal_${at + 1}`, tokens: given }));
  return {
    calls: calls.map((one) => ({ role: "policy", trainable: true, model: "m", call: one })),
    items: ['{"type":"message","content":"4"}'],
    response: answer,
    truncatedBy: null,
    modelMs: 1,
    toolsMs: 1,
  };
}

/** `calls` as the release before wrote it. */
const OLD_CALLS =
  '[{"id":"cal_1","parent":null,"break":null,"role":"policy","model":"m","trainable":true,"replica":null,"weight_version":"7","weight_versions":[],"status":200,"finish_reason":"stop","usage":null,"prompt_token_ids":[1,2,3],"generation_token_ids":[4,5],"generation_log_probs":[-0.5,-0.1],"started_at":"1970-01-01T00:00:00.000Z","duration_ms":12.5}]';

function readBack(run: AgentRun) {
  const record = encodeRecord(run, null);
  return record && decodeRecord(record).trajectory;
}

test("bodies and tokens come back as they were", () => {
  const awkward = {
    promptTokenIds: [0, 2 ** 31 - 1],
    generationTokenIds: [7, 8, 9],
    generationLogProbs: [-0, -1e-300, -Number.MAX_VALUE],
  };
  const trajectory = readBack(runOf(call.tokens, awkward));
  expect(trajectory?.calls.map(({ request, response }) => [request, response])).toEqual([
    [call.request, call.response],
    [call.request, call.response],
  ]);
  expect(trajectory?.calls[1]).toMatchObject({
    prompt_token_ids: awkward.promptTokenIds,
    generation_token_ids: awkward.generationTokenIds,
    generation_log_probs: awkward.generationLogProbs,
  });
});

test("what the engine did not give stays unknown, and an empty generation empty", () => {
  const unknown = { promptTokenIds: null, generationTokenIds: null, generationLogProbs: null };
  const empty = { promptTokenIds: [], generationTokenIds: [], generationLogProbs: [] };
  const run = runOf(call.tokens, call.tokens);
  const calls = run.calls.map((one, at) => ({ ...one, call: { ...one.call, tokens: at === 0 ? unknown : empty } }));
  const [first, second] = readBack({ ...run, calls })?.calls ?? [];
  expect(first).toMatchObject({ prompt_token_ids: null, generation_token_ids: null, generation_log_probs: null });
  expect(second).toMatchObject({ prompt_token_ids: [], generation_token_ids: [], generation_log_probs: [] });
});

test("log-probs of an engine that computes in 32 bits take 4 bytes each", () => {
  const tokens = { ...call.tokens, generationLogProbs: [Math.fround(-0.1), -0.5] };
  expect(encodeRecord(runOf(tokens), null)?.get("log_probs/0")).toHaveLength(9);
  expect(readBack(runOf(tokens))?.calls[0]?.generation_log_probs).toEqual(tokens.generationLogProbs);
});

test("numbers that are no ids of tokens are kept all the same", () => {
  const tokens = { ...call.tokens, promptTokenIds: [2 ** 31, 1] };
  expect(readBack(runOf(tokens))?.calls[0]?.prompt_token_ids).toEqual([2 ** 31, 1]);
});

test("a record of the release before reads the same", () => {
  const record = encodeRecord(runOf(call.tokens), null) ?? new Map<string, Uint8Array>();
  const old = new Map(record);
  for (const name of ["prompt_ids/0", "generation_ids/0", "log_probs/0"]) old.delete(name);
  old.set("calls", Buffer.from(OLD_CALLS));
  const now = decodeRecord(record);
  const calls = now.trajectory?.calls.map((one) => ({ ...one, items: null }));
  expect(decodeRecord(old)).toEqual({ ...now, trajectory: { ...now.trajectory, calls } });
});

test.each(["prompt_ids/0", "generation_ids/0", "log_probs/0"])("a part %s that is cut off is refused", (name) => {
  const record = new Map(encodeRecord(runOf(call.tokens), null));
  record.set(name, (record.get(name) ?? new Uint8Array()).subarray(0, 5));
  expect(() => decodeRecord(record)).toThrow(expect.objectContaining({ code: "storage_corrupt" }) as Error);
});
