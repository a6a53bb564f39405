import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { type ChatAnswer, HELLO, post, postJson, serve, until } from "./serve.ts";

const CHAT = "/v1/chat/completions";
const chat = { ...HELLO, max_tokens: 20, temperature: 0 };
const TOOLS = [
  {
    type: "function",
    function: { name: "add", parameters: { type: "object", properties: { a: { type: "integer" } }, required: ["a"] } },
  },
];

/** A stand-in with a fault that came by HTTP. */
async function broken(fault: object, options: Parameters<typeof serve>[0] = {}) {
  const standIn = await serve(options);
  const { status, text } = await post(`${standIn.url}/mock/faults`, fault);
  expect(status, text).toBe(200);
  return standIn;
}

/** The code of a connection's failure. */
async function failure(asked: Promise<unknown>): Promise<string> {
  const error = await asked.then(
    () => new Error("it was answered"),
    (error: unknown) => error as Error,
  );
  const cause = error.cause as { code?: string } | undefined;
  return cause?.code ?? error.message;
}

const dataOf = (stream: string) =>
  stream
    .split("\n\n")
    .filter((block) => block.startsWith("data: "))
    .map((block) => block.slice(6));

describe("by hand", () => {
  test("faults are set, listed, counted down and cleared", async () => {
    const { url } = await serve();
    const list = async () => (await (await fetch(`${url}/mock/faults`)).json()) as { faults: unknown[] };
    await post(`${url}/mock/faults`, { kind: "status", status: 500, times: 2 });
    await post(`${url}/mock/faults`, { kind: "slow", factor: 2 });
    expect((await post(url + CHAT, chat)).status).toBe(500);
    expect(await list()).toEqual({
      faults: [
        { kind: "status", status: 500, times: 1 },
        { kind: "slow", factor: 2 },
      ],
    });
    expect((await post(url + CHAT, chat)).status).toBe(500);
    expect((await post(url + CHAT, chat)).status).toBe(200);
    expect(await list()).toEqual({ faults: [{ kind: "slow", factor: 2 }] });
    await fetch(`${url}/mock/faults`, { method: "DELETE" });
    expect(await list()).toEqual({ faults: [] });
    await post(`${url}/mock/faults`, { faults: [{ kind: "hang" }, { kind: "empty-choices" }] });
    await fetch(`${url}/mock/faults?kind=hang`, { method: "DELETE" });
    expect(await list()).toEqual({ faults: [{ kind: "empty-choices" }] });
  });

  test("what is no fault is refused with its field", async () => {
    const { url } = await serve();
    expect(await postJson(`${url}/mock/faults`, { kind: "status", status: 200 })).toMatchObject({
      error: { code: 400, param: "body.status" },
    });
    expect((await post(`${url}/mock/faults`, { kind: "nonsense" })).status).toBe(400);
  });

  test("a stand-in without these routes has none, and its state can be read", async () => {
    const { url } = await serve({ faultRoutes: false });
    expect((await post(`${url}/mock/faults`, { kind: "hang" })).status).toBe(404);
    const other = await serve();
    await post(`${other.url}/pause?mode=keep`, {});
    expect(await (await fetch(`${other.url}/mock/state`)).json()).toMatchObject({
      paused: "keep",
      admin_calls: { "/pause": 1 },
    });
  });
});

describe("of the engine", () => {
  test("slow", async () => {
    const { url, replica } = await broken({ kind: "slow", factor: 10 }, { speed: 100 });
    const started = performance.now();
    await post(url + CHAT, { ...chat, ignore_eos: true });
    expect(performance.now() - started).toBeGreaterThanOrEqual(replica.driver.engine.counters.busyMs / 10 - 1);
  });

  test("hung in the middle, and on again: nothing is lost", async () => {
    const { url, replica } = await serve({ speed: 5 });
    const asked = postJson<ChatAnswer>(url + CHAT, { ...chat, max_tokens: 50, ignore_eos: true });
    await until(() => replica.metrics.timeToFirstToken.count === 1);
    replica.faults.add({ kind: "hang" });
    const { steps } = replica.driver.engine.counters;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(replica.driver.engine.counters.steps).toBe(steps);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    replica.faults.clear("hang");
    expect((await asked).usage.completion_tokens).toBe(50);
  });

  test("dead, and started again", async () => {
    const { url, replica } = await broken({ kind: "engine-dead" });
    expect((await post(url + CHAT, chat)).status).toBe(500);
    expect((await fetch(`${url}/health`)).status).toBe(503);
    replica.faults.clear();
    expect((await post(url + CHAT, chat)).status).toBe(200);
  });

  test("flapping", async () => {
    const { url } = await broken({ kind: "flapping", up_ms: 40, down_ms: 40 });
    const seen = new Set<string>();
    for (let i = 0; i < 200 && seen.size < 2; i++) {
      seen.add(
        await fetch(`${url}/health`).then(
          (answer) => String(answer.status),
          () => "cut",
        ),
      );
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(seen).toEqual(new Set(["200", "cut"]));
  });

  test("an answer that ends in an error", async () => {
    const { url } = await serve({ answer: () => ({ content: "one two three", finish: "error" }) });
    expect((await post(url + CHAT, chat)).status).toBe(500);
    const stream = await post(url + CHAT, { ...chat, stream: true });
    expect(stream.status).toBe(200);
    expect(dataOf(stream.text).at(-2)).toContain("EngineCore encountered an issue");
    expect(dataOf(stream.text).at(-1)).toBe("[DONE]");
  });
});

describe("of connections", () => {
  test.each(["before-headers", "after-headers", "mid-stream"])("reset %s", async (at) => {
    const { url } = await broken({ kind: "reset", at, times: 2 });
    expect(await failure(post(url + CHAT, chat))).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
    expect(await failure(post(url + CHAT, { ...chat, stream: true }))).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
    expect((await post(url + CHAT, chat)).status).toBe(200);
  });

  test("half a stream", async () => {
    const { url } = await broken({ kind: "half-stream", times: 1 });
    const events = dataOf((await post(url + CHAT, { ...chat, stream: true })).text);
    expect(events.length).toBeGreaterThan(2);
    expect(events.join()).not.toMatch(/\[DONE\]|"finish_reason":"/);
    expect(dataOf((await post(url + CHAT, { ...chat, stream: true })).text).at(-1)).toBe("[DONE]");
  });

  test("never answered", async () => {
    const { url } = await broken({ kind: "never-answer", times: 1 });
    const asked = fetch(url + CHAT, { method: "POST", body: JSON.stringify(chat), signal: AbortSignal.timeout(100) });
    await expect(asked).rejects.toThrow(/timeout/i);
    expect((await post(url + CHAT, chat)).status).toBe(200);
  });

  test("a kept connection that is closed", async () => {
    const { url } = await broken({ kind: "close-idle", after_ms: 0 });
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    let text = "";
    socket.on("data", (data: Buffer) => (text += data.toString()));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.write("GET /version HTTP/1.1\r\nHost: h\r\n\r\n");
    await closed;
    expect(text.toLowerCase()).toContain("connection: keep-alive");
    expect(text).toContain('{"version":"0.32.0"}');
  });

  test("a status, with a time to wait", async () => {
    const { url } = await broken({ kind: "status", status: 429, retry_after: 7, times: 1 });
    const answer = await post(url + CHAT, chat);
    expect(answer.status).toBe(429);
    expect(answer.headers.get("retry-after")).toBe("7");
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 429 } });
  });

  test("a chance", async () => {
    const { url } = await broken({ kind: "status", status: 503, probability: 0.5 });
    const statuses = new Set<number>();
    for (let i = 0; i < 30; i++) statuses.add((await post(url + CHAT, chat)).status);
    expect(statuses).toEqual(new Set([200, 503]));
  });
});

describe("of answers", () => {
  const both = async (fault: object, more: object = {}) => {
    const { url } = await broken(fault);
    const whole = (await post(url + CHAT, { ...chat, ...more })).text;
    const stream = { stream: true, stream_options: { include_usage: true } };
    return { url, whole, stream: (await post(url + CHAT, { ...chat, ...more, ...stream })).text };
  };

  test("another model's name", async () => {
    const { url, whole, stream } = await both({ kind: "model-name", name: "other" });
    expect(JSON.parse(whole)).toMatchObject({ model: "other" });
    expect(stream).not.toContain('"model":"policy"');
    expect(await (await fetch(`${url}/v1/models`)).text()).toContain('"id":"other"');
  });

  test("no choices", async () => {
    const { url, whole, stream } = await both({ kind: "empty-choices" });
    expect(JSON.parse(whole)).toMatchObject({ choices: [] });
    expect(stream).not.toContain('"delta"');
    expect(await postJson(`${url}/v1/responses`, { input: "Hello" })).toMatchObject({ output: [] });
  });

  test("usage", async () => {
    const missing = await both({ kind: "usage", usage: "missing" });
    expect(JSON.parse(missing.whole)).toMatchObject({ usage: null });
    const doubled = await both({ kind: "usage", usage: "doubled" });
    expect(JSON.parse(doubled.whole)).toMatchObject({ usage: { completion_tokens: 40 } });
    expect(doubled.stream).toContain('"completion_tokens":40');
    const repeated = await both({ kind: "usage", usage: "repeated" });
    expect(repeated.stream.split('"completion_tokens":20')).toHaveLength(3);
  });

  test("tokens and log-probs that do not agree", async () => {
    const more = { logprobs: true, return_token_ids: true };
    const unequal = JSON.parse((await both({ kind: "unequal-tokens" }, more)).whole) as ChatAnswer;
    expect(unequal.choices[0]?.token_ids).toHaveLength(19);
    expect(unequal.choices[0]?.logprobs?.content).toHaveLength(20);
    const nan = await both({ kind: "nan-log-probs" }, more);
    expect(nan.whole).toContain('"logprob":NaN');
    expect(nan.stream).toContain('"logprob":NaN');
  });

  test("arguments that are no JSON", async () => {
    const { whole } = await both({ kind: "invalid-arguments" }, { tools: TOOLS, max_tokens: 100 });
    const args = (JSON.parse(whole) as ChatAnswer).choices[0]?.message.tool_calls?.[0]?.function.arguments ?? "{}";
    expect(() => JSON.parse(args) as unknown).toThrow(SyntaxError);
  });
});
