import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Job, JobSubmissionInput } from "../../src/contract/jobs.ts";
import type { RolloutRecord } from "../../src/contract/rollouts.ts";
import {
  completionWith,
  responseWith,
  type ScriptedEndpoint,
  sendJson,
  startEndpoint,
} from "../models/scripted-endpoint.ts";
import { ctx, openPlatform, recordOf, runJob } from "../support/platform.ts";
import { squareAnswer, squareRow } from "../support/rows.ts";

type Reply = (response: ServerResponse) => void;

const refusal = (status: number, error: Record<string, unknown>, headers: Record<string, string> = {}): Reply => {
  return (response) =>
    sendJson(response, status, { error: { type: "some_error", param: null, code: null, ...error } }, headers);
};
const ok =
  (body: unknown): Reply =>
  (response) =>
    sendJson(response, 200, body);
const right = squareAnswer(true);
const solved = ok(responseWith(right));
const solvedInChat = ok(completionWith(right));
const busy = refusal(500, { message: "the engine fell over" });
const toolCall = { id: "fc_1", type: "function_call", call_id: "call_1", name: "browse", arguments: "{}" };

const hangs: Reply = () => undefined;
const closesMidBody: Reply = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  response.write('{"id":"resp_1","object":"resp', () => response.socket?.destroy());
};
const page: Reply = (response) => {
  response.writeHead(200, { "content-type": "text/html" });
  response.end("<!doctype html><title>Sign in</title>");
};

/** Six attempts of which the last is delivered: the budget of `model_error`. */
const six = (code: string) => Array.from({ length: 6 }, () => code);

interface Case {
  readonly name: string;
  /** Default: `responses`. `impatient` speaks Responses with a short time limit. */
  readonly model?: "chat" | "impatient";
  /** Answers in order; the last one repeats. */
  readonly replies: readonly Reply[];
  readonly job?: Partial<JobSubmissionInput>;
  readonly expected: Partial<RolloutRecord>;
  /** Codes of the attempts' errors; null for one that ended without. */
  readonly attempts?: readonly (string | null)[];
  /** Requests that the endpoint sees. */
  readonly requests: number;
}

const masked = (reason: string) =>
  ({ outcome: "model_error", reward: null, masked: true, truncated_by: null, reason }) as const;
const scored = (reward: number, reason: string | null = null) =>
  ({ outcome: "scored", reward, masked: false, truncated_by: null, reason }) as const;
const truncated = (by: "length" | "content_filter" | "turns", reward: number, reason: string | null = null) =>
  ({ outcome: "truncated", reward, masked: false, truncated_by: by, reason }) as const;

const incomplete = (reason: string, text: string) =>
  ok(responseWith(text, { status: "incomplete", incomplete_details: { reason } }));

const CASES: readonly Case[] = [
  // The endpoint refuses, and would refuse again: one request, no reward.
  {
    name: "400 with a message",
    replies: [refusal(400, { message: "logprobs is not supported" })],
    expected: masked("model_rejected"),
    requests: 1,
  },
  { name: "401", replies: [refusal(401, { message: "bad key" })], expected: masked("model_auth"), requests: 1 },
  { name: "403", replies: [refusal(403, { message: "not for you" })], expected: masked("model_auth"), requests: 1 },
  {
    name: "404 for an unknown model",
    replies: [refusal(404, { message: "The model `replay` does not exist.", param: "model", code: "model_not_found" })],
    expected: masked("model_not_found"),
    requests: 1,
  },
  {
    name: "422",
    replies: [(response) => sendJson(response, 422, { detail: "extra fields not permitted" })],
    expected: masked("model_rejected"),
    requests: 1,
  },
  // The endpoint is unwell and recovers: the rollout has its reward.
  {
    name: "429 without Retry-After, then an answer",
    replies: [refusal(429, { message: "slow down" }), solved],
    expected: scored(1),
    requests: 2,
  },
  {
    name: "429 with Retry-After 1, then an answer",
    replies: [refusal(429, { message: "slow down" }, { "retry-after": "1" }), solved],
    expected: scored(1),
    requests: 2,
  },
  { name: "500, then an answer", replies: [busy, solved], expected: scored(1), requests: 2 },
  {
    name: "an aborted generation, then an answer",
    model: "chat",
    replies: [ok(completionWith("half of", { finish_reason: "abort" })), solvedInChat],
    expected: scored(1),
    attempts: ["model_aborted", null],
    requests: 2,
  },
  {
    name: "a cancelled response, then an answer",
    replies: [ok(responseWith("half of", { status: "cancelled" })), solved],
    expected: scored(1),
    attempts: ["model_aborted", null],
    requests: 2,
  },
  // The endpoint stays unwell: six attempts, no reward.
  {
    name: "500 for ever",
    replies: [busy],
    expected: masked("model_server_error"),
    attempts: six("model_server_error"),
    requests: 18,
  },
  {
    name: "silence",
    model: "impatient",
    replies: [hangs],
    expected: masked("model_timeout"),
    attempts: six("model_timeout"),
    requests: 6,
  },
  {
    name: "connections closed in the middle of the body",
    replies: [closesMidBody],
    expected: masked("model_unreachable"),
    attempts: six("model_unreachable"),
    requests: 6,
  },
  {
    name: "invalid JSON",
    replies: [(response) => sendJson(response, 200, '{"id": "resp_1", "output": [')],
    expected: masked("model_bad_response"),
    attempts: six("model_bad_response"),
    requests: 6,
  },
  {
    name: "an HTML page",
    replies: [page],
    expected: masked("model_bad_response"),
    attempts: six("model_bad_response"),
    requests: 6,
  },
  {
    name: "a response without output",
    replies: [ok({ id: "resp_1", object: "response", model: "m", status: "completed" })],
    expected: masked("model_bad_response"),
    attempts: six("model_bad_response"),
    requests: 6,
  },
  {
    name: "a completion without choices",
    model: "chat",
    replies: [ok({ ...completionWith(""), choices: [] })],
    expected: masked("model_bad_response"),
    attempts: six("model_bad_response"),
    requests: 6,
  },
  {
    name: "a response that failed",
    replies: [ok(responseWith("", { status: "failed", error: { code: "server_error", message: "out of memory" } }))],
    expected: masked("model_server_error"),
    attempts: six("model_server_error"),
    requests: 6,
  },
  // The model itself answers badly: that is a reward of 0.
  {
    name: "an answer whose text is empty",
    replies: [ok(responseWith(""))],
    expected: scored(0, "wrong_answer"),
    requests: 1,
  },
  {
    name: "a completion without text",
    model: "chat",
    replies: [ok(completionWith(null))],
    expected: scored(0, "wrong_answer"),
    requests: 1,
  },
  {
    name: "a response with no item at all",
    replies: [ok(responseWith("", { output: [] }))],
    expected: scored(0, "wrong_answer"),
    requests: 1,
  },
  // The model hits a limit: judged by what is there, or masked where the job says so.
  {
    name: "400 because the prompt does not fit",
    replies: [refusal(400, { message: "maximum context length is 10 tokens", code: "context_length_exceeded" })],
    expected: truncated("length", 0, "wrong_answer"),
    requests: 1,
  },
  {
    name: "a completion cut off after the program",
    model: "chat",
    replies: [ok(completionWith(right, { finish_reason: "length" }))],
    expected: truncated("length", 1),
    requests: 1,
  },
  {
    name: "a response cut off before the program",
    replies: [incomplete("max_output_tokens", "Let me think")],
    expected: truncated("length", 0, "wrong_answer"),
    requests: 1,
  },
  {
    name: "a filtered completion",
    model: "chat",
    replies: [ok(completionWith("I", { finish_reason: "content_filter" }))],
    expected: truncated("content_filter", 0, "wrong_answer"),
    requests: 1,
  },
  {
    name: "a filtered response",
    replies: [incomplete("content_filter", "I")],
    expected: truncated("content_filter", 0, "wrong_answer"),
    requests: 1,
  },
  {
    name: "a cut-off answer of a job that masks those",
    replies: [incomplete("max_output_tokens", right)],
    job: { on_truncated: "mask" },
    expected: { outcome: "truncated", reward: null, masked: true, truncated_by: "length", reason: null },
    requests: 1,
  },
  {
    name: "a cut-off answer of a job that gives those a value",
    replies: [incomplete("max_output_tokens", right)],
    job: { on_truncated: { value: -0.5 } },
    expected: { outcome: "truncated", reward: -0.5, masked: false, truncated_by: "length", reason: null },
    requests: 1,
  },
  {
    name: "a call of an undeclared tool in the only turn",
    replies: [ok(responseWith("", { output: [toolCall] })), solved],
    expected: truncated("turns", 0, "wrong_answer"),
    requests: 1,
  },
  {
    name: "a call of an undeclared tool, then an answer",
    replies: [ok(responseWith("", { output: [toolCall] })), solved],
    job: { limits: { turns: 3 } },
    expected: scored(1),
    requests: 2,
  },
];

const taskId = (testCase: Case) => `case-${CASES.indexOf(testCase)}`;

/** Jobs that play all cases: one for each model and each set of job fields. */
function jobsOf(cases: readonly Case[]): { cases: Case[]; submission: JobSubmissionInput }[] {
  const groups = new Map<string, Case[]>();
  for (const testCase of cases) {
    const fields = JSON.stringify({ model: testCase.model ?? "default", ...testCase.job });
    groups.set(fields, [...(groups.get(fields) ?? []), testCase]);
  }
  return Array.from(groups, ([fields, members]) => {
    const rows = members.map((testCase) => squareRow(taskId(testCase)).value);
    const submission = { environment: "code_gen", tasks: { rows }, ...(JSON.parse(fields) as object) };
    return { cases: members, submission };
  });
}

describe("a model endpoint that misbehaves", () => {
  const requests = new Map<string, number>();
  const records = new Map<string, RolloutRecord>();
  const jobs: { job: Job; cases: Case[] }[] = [];
  let endpoint: ScriptedEndpoint;
  let platform: Awaited<ReturnType<typeof openPlatform>>;

  beforeAll(async () => {
    endpoint = await startEndpoint(({ body }, response) => {
      const id = /case-\d+/.exec(body)?.[0] ?? "";
      const count = requests.get(id) ?? 0;
      requests.set(id, count + 1);
      const replies = CASES.find((testCase) => taskId(testCase) === id)?.replies ?? [];
      const reply = replies[Math.min(count, replies.length - 1)];
      if (reply) reply(response);
      else sendJson(response, 404, { detail: `no case ${id}` });
    });
    platform = await openPlatform({
      provider: "local",
      modelUrl: endpoint.url,
      replay: false,
      concurrency: CASES.length,
      settings: {
        "models.chat": { url: endpoint.url, model: "replay", api: "chat" },
        "models.impatient": { url: endpoint.url, model: "replay", api: "responses", timeout_seconds: 0.5 },
      },
    });
    await Promise.all(
      jobsOf(CASES).map(async ({ cases, submission }) => {
        const { jobId, rollouts } = await runJob(platform, submission);
        for (const rollout of rollouts) records.set(rollout.task_id, await recordOf(platform, rollout));
        jobs.push({ job: await platform.jobs.get(ctx, jobId), cases });
      }),
    );
  });
  afterAll(async () => {
    await platform?.dispose();
    await endpoint?.stop();
  });

  it.each(CASES)("$name", (testCase) => {
    const { expected, attempts = [null] } = testCase;
    const record = records.get(taskId(testCase));
    expect(record).toMatchObject({ state: "done", attempts: attempts.length, ...expected });
    const ledger = attempts.map((code, index) => ({
      number: index + 1,
      outcome: code === null ? expected.outcome : "model_error",
      error: code === null && expected.outcome !== "model_error" ? null : { code: code ?? expected.reason },
      retried: index < attempts.length - 1,
    }));
    expect(record?.ledger).toMatchObject(ledger);
    expect(requests.get(taskId(testCase))).toBe(testCase.requests);
    // A reward is there because a verifier spoke or the job gave a value, never because something broke.
    if (expected.outcome === "model_error") expect(record).toMatchObject({ verdict: null, trajectory: null });
    if (expected.outcome === "scored") expect(record?.verdict?.reward).toBe(expected.reward);
  });

  it("the endpoint's own words are in the ledger", () => {
    const [refused] = CASES;
    const error = refused && records.get(taskId(refused))?.ledger[0]?.error;
    expect(error).toMatchObject({ context: { detail: "logprobs is not supported", status: 400 } });
  });

  it("every job completes, and its tally and mean leave out what was masked", () => {
    for (const { job, cases } of jobs) {
      const count = (outcome: string) => cases.filter(({ expected }) => expected.outcome === outcome).length;
      expect(job.state).toBe("completed");
      expect(job.tally).toMatchObject({
        requested: cases.length,
        queued: 0,
        running: 0,
        scored: count("scored"),
        truncated: count("truncated"),
        masked: count("model_error"),
      });
      expect(job.tally.scored + job.tally.truncated + job.tally.masked).toBe(job.tally.requested);
      const rewards = cases.flatMap(({ expected }) => (expected.masked ? [] : [expected.reward ?? Number.NaN]));
      if (rewards.length === 0) expect(job.mean_reward).toBeNull();
      else expect(job.mean_reward).toBeCloseTo(rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length, 10);
    }
  });
});
