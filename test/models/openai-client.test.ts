import type { Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { rootContext, withScope } from "../../src/core/context.ts";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { rawElements, rawMembers } from "../../src/core/json/raw.ts";
import { createOpenAiClient, type ModelClient, type OpenAiClientOptions } from "../../src/models/index.ts";
import { manualClock, skippingClock } from "./clocks.ts";
import {
  completionWith,
  NO_ROUTE,
  responseWith,
  type Script,
  type ScriptedEndpoint,
  sendJson,
  startEndpoint,
} from "./scripted-endpoint.ts";

const REQUEST = { params: new Map<string, string>(), input: ['{"role":"user","content":"Hi"}'] };
const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.stop();
});

function clientOf(url: string, options: Partial<OpenAiClientOptions> = {}): ModelClient {
  const client = createOpenAiClient({ name: "policy", url, model: "m", ...options });
  open.unshift({ stop: () => client.close() });
  return client;
}

async function endpoint(script: Script): Promise<ScriptedEndpoint> {
  const started = await startEndpoint(script);
  open.push(started);
  return started;
}

/** Settles when all of these connections are closed. */
function closing(sockets: Iterable<Socket>): Promise<unknown> {
  return Promise.all(Array.from(sockets, (socket) => new Promise((resolve) => socket.once("close", resolve))));
}

const chatOnly: Script = (request, response) => {
  if (request.path === "/v1/chat/completions") sendJson(response, 200, completionWith("fine"));
  else sendJson(response, 404, NO_ROUTE);
};

const OVERFLOW = "This model's maximum context length is 2048 tokens. However, your prompt contains 3000 input tokens.";

test("what the API has no form for is refused before anything is sent", async () => {
  const { url, seen } = await endpoint(chatOnly);
  const input = ['{"type":"computer_call","call_id":"c"}'];
  const call = clientOf(url, { api: "chat" }).respond(rootContext(), { ...REQUEST, input });
  await expect(call).rejects.toMatchObject({ code: "model_rejected" });
  expect(seen).toEqual([]);
});

describe("finding the API", () => {
  test("responses is asked first", async () => {
    const { url, seen } = await endpoint((_request, response) => sendJson(response, 200, responseWith("fine")));
    await clientOf(url).respond(rootContext(), REQUEST);
    expect(seen.map((request) => request.path)).toEqual(["/v1/responses"]);
  });

  test("an endpoint without it is asked for chat, and that is remembered", async () => {
    const { url, seen } = await endpoint(chatOnly);
    const client = clientOf(`${url}/v1/`);
    for (let i = 0; i < 2; i++) await client.respond(rootContext(), REQUEST);
    expect(seen.map((request) => request.path)).toEqual([
      "/v1/responses",
      "/v1/chat/completions",
      "/v1/chat/completions",
    ]);
  });

  test("calls that start together are all answered", async () => {
    const { url } = await endpoint(chatOnly);
    const client = clientOf(url);
    const calls = await Promise.all(Array.from({ length: 20 }, () => client.respond(rootContext(), REQUEST)));
    expect(calls.every((call) => call.finishReason === "stop")).toBe(true);
  });

  test("an unknown model is not taken for a missing route", async () => {
    const { url, seen } = await endpoint((_request, response) =>
      sendJson(response, 404, { error: { message: "The model `m` does not exist.", param: "model", code: 404 } }),
    );
    await expect(clientOf(url).respond(rootContext(), REQUEST)).rejects.toMatchObject({ code: "model_not_found" });
    expect(seen).toHaveLength(1);
  });

  test("an endpoint with neither says so, and is asked again the next time", async () => {
    let up = false;
    const { url } = await endpoint((request, response) =>
      up ? chatOnly(request, response, 1) : sendJson(response, 404, NO_ROUTE),
    );
    const client = clientOf(url);
    await expect(client.respond(rootContext(), REQUEST)).rejects.toMatchObject({ code: "model_bad_response" });
    up = true;
    await expect(client.respond(rootContext(), REQUEST)).resolves.toMatchObject({ status: 200 });
  });

  test("token capture asks for chat first, with vLLM's fields", async () => {
    const { url, seen } = await endpoint(chatOnly);
    await clientOf(url, { tokens: true }).respond(rootContext(), REQUEST);
    expect(JSON.parse(seen[0]?.body ?? "")).toMatchObject({ return_token_ids: true, logprobs: true, top_logprobs: 0 });
  });

  test("a URL that is none", () => {
    expect(() => createOpenAiClient({ name: "policy", url: "localhost:8000", model: "m" })).toThrow(
      /url: must be a URL/,
    );
  });
});

describe("answers", () => {
  test("an empty text is an answer", async () => {
    const { url } = await endpoint((_request, response) => sendJson(response, 200, completionWith("")));
    const call = await clientOf(url, { api: "chat" }).respond(rootContext(), REQUEST);
    expect(call).toMatchObject({ finishReason: "stop", truncatedBy: null });
    expect(call.answer.output).toMatchObject([{ type: "message", content: [{ text: "" }] }]);
  });

  const overflows: [string, unknown][] = [
    ["vLLM", { error: { message: OVERFLOW, type: "BadRequestError", param: "input_tokens", code: 400 } }],
    ["OpenAI", { error: { message: "Your input is too long.", param: "input", code: "context_length_exceeded" } }],
    ["older servers", { message: OVERFLOW }],
  ];
  test.each(overflows)("a prompt that does not fit (%s) is truncated by length", async (_name, body) => {
    const { url } = await endpoint((_request, response) => sendJson(response, 400, body));
    const call = await clientOf(url).respond(rootContext(), REQUEST);
    expect(call).toMatchObject({ status: 400, items: [], truncatedBy: "length", finishReason: "length", usage: null });
    expect(call.answer).toMatchObject({ output: [], status: "incomplete" });
  });

  test("raw text arrives unchanged and comes back unchanged, on the next turn too", async () => {
    const item =
      '{"type":"function_call", "call_id":"c\\u0031","name":"f","arguments":"{\\"n\\": 9007199254740993}","z":0.0,"a":null}';
    const text = `{"object":"response","id":"resp_1","model":"m","output":[ ${item} ],"status":"completed"}`;
    const { url, seen } = await endpoint((_request, response) => sendJson(response, 200, text));
    const client = clientOf(url);
    const params = new Map([
      ["temperature", "0.0"],
      ["metadata", '{"z":9007199254740993,"a":"\\ud800","n":null}'],
      ["user", "null"],
    ]);
    const input = ['{"content":"\\ud800 \\u00e9","role":"user"}'];
    const call = await client.respond(rootContext(), { params, input });
    expect(call.items).toEqual([item]);
    expect(call.response).toBe(text);
    expect(call.request).toBe(seen[0]?.body);
    await client.respond(rootContext(), { params, input: [...input, ...call.items] });
    const sent = rawMembers(seen[1]?.body ?? "{}");
    expect(sent.get("input")).toBe(`[${input[0]},${item}]`);
    for (const [key, value] of params) expect(sent.get(key)).toBe(value);
    expect([sent.get("model"), sent.get("stream")]).toEqual(['"m"', "false"]);
  });

  test("raw text survives the way into chat", async () => {
    const { url, seen } = await endpoint(chatOnly);
    const tool = '{"type":"function","name":"f","parameters":{"z":9007199254740993,"a":0.0,"d":null}}';
    const params = new Map([
      ["seed", "9007199254740993"],
      ["tools", `[${tool}]`],
    ]);
    await clientOf(url, { api: "chat" }).respond(rootContext(), {
      params,
      input: ['{"role":"user","content":"\\uD800 \\u00e9"}'],
    });
    const sent = rawMembers(seen[0]?.body ?? "{}");
    expect(sent.get("seed")).toBe("9007199254740993");
    expect(sent.get("tools")).toContain('"parameters":{"z":9007199254740993,"a":0.0,"d":null}');
    expect(rawElements(sent.get("messages") ?? "[]")).toEqual(['{"role":"user","content":"\\uD800 \\u00e9"}']);
  });

  test("members of the configuration lose to the request's own", async () => {
    const { url, seen } = await endpoint((_request, response) => sendJson(response, 200, responseWith("fine")));
    const extraBody = { top_k: 5, temperature: 1, model: "evil" };
    await clientOf(url, { extraBody }).respond(rootContext(), {
      ...REQUEST,
      params: new Map([["temperature", "0.5"]]),
    });
    expect(JSON.parse(seen[0]?.body ?? "")).toMatchObject({ top_k: 5, temperature: 0.5, model: "m" });
  });
});

describe("time and retries", () => {
  test.each([429, 500, 502, 503, 504])("%i is tried again, with growing waits", async (status) => {
    const { url, seen } = await endpoint((_request, response, count) =>
      count < 3 ? sendJson(response, status, {}) : sendJson(response, 200, responseWith("fine")),
    );
    const clock = skippingClock();
    await clientOf(url, { clock, random: () => 0.5 }).respond(rootContext(), REQUEST);
    expect(seen).toHaveLength(3);
    expect(clock.waits).toEqual([375, 750]);
  });

  test("retries end", async () => {
    const { url, seen } = await endpoint((_request, response) => sendJson(response, 429, {}));
    const client = clientOf(url, { clock: skippingClock(), retries: 1 });
    await expect(client.respond(rootContext(), REQUEST)).rejects.toMatchObject({ code: "model_rate_limited" });
    expect(seen).toHaveLength(2);
  });

  test("Retry-After is honoured", async () => {
    const { url } = await endpoint((_request, response, count) =>
      count === 1
        ? sendJson(response, 429, {}, { "retry-after": "20" })
        : sendJson(response, 200, responseWith("fine")),
    );
    const clock = skippingClock();
    await clientOf(url, { clock }).respond(rootContext(), REQUEST);
    expect(clock.waits).toEqual([20_000]);
  });

  test("a Retry-After beyond the deadline is not waited for", async () => {
    const { url, seen } = await endpoint((_request, response) => sendJson(response, 429, {}, { "retry-after": "300" }));
    const clock = skippingClock();
    const call = withScope(rootContext(), { timeoutMs: 200_000, clock }, (ctx) =>
      clientOf(url, { clock }).respond(ctx, REQUEST),
    );
    await expect(call).rejects.toMatchObject({ code: "model_rate_limited", context: { retry_after: 300 } });
    expect(seen).toHaveLength(1);
  });

  test("no connection is tried again", async () => {
    const { url, stop } = await startEndpoint(() => undefined);
    await stop();
    const clock = skippingClock();
    await expect(clientOf(url, { clock }).respond(rootContext(), REQUEST)).rejects.toMatchObject({
      code: "model_unreachable",
    });
    expect(clock.waits).toHaveLength(2);
  });

  test("an endpoint that hangs is given up after the call's own limit", async () => {
    const { url, arrived, sockets } = await endpoint(() => undefined);
    const clock = manualClock();
    const call = clientOf(url, { clock, timeoutMs: 30_000 }).respond(rootContext(), REQUEST);
    const outcome = expect(call).rejects.toMatchObject({ code: "model_timeout" });
    await arrived(1);
    const closed = closing(sockets);
    clock.advance(30_000);
    await outcome;
    await closed;
  });

  test("the deadline of the context is the context's error", async () => {
    const { url, arrived } = await endpoint(() => undefined);
    const clock = manualClock();
    const call = withScope(rootContext(), { timeoutMs: 5_000, clock, waitingFor: "the test" }, (ctx) =>
      clientOf(url, { clock, timeoutMs: 30_000 }).respond(ctx, REQUEST),
    );
    const outcome = expect(call).rejects.toMatchObject({ code: "deadline_exceeded" });
    await arrived(1);
    clock.advance(5_000);
    await outcome;
  });

  test("cancelling closes the connection upstream and throws the context's reason", async () => {
    const { url, arrived, sockets } = await endpoint((_request, response) => {
      response.writeHead(200);
      response.write('{"id":');
    });
    const controller = new AbortController();
    const call = clientOf(url).respond(rootContext({ signal: controller.signal }), REQUEST);
    const outcome = expect(call).rejects.toMatchObject({ code: "cancelled" });
    await arrived(1);
    const closed = closing(sockets);
    controller.abort(new SandlotError("cancelled", { detail: "by the test" }));
    await outcome;
    await closed;
  });

  test("cancelling ends a wait for a connection and a wait for a retry", async () => {
    const { url, arrived, seen } = await endpoint((request, response) => {
      if (request.body.includes("limit")) sendJson(response, 429, {}, { "retry-after": "30" });
    });
    const controller = new AbortController();
    const ctx = rootContext({ signal: controller.signal });
    const clock = manualClock();
    const waiting = clientOf(url, { clock }).respond(ctx, { ...REQUEST, params: new Map([["user", '"limit"']]) });
    const busy = clientOf(url, { connections: 1 });
    const [first, queued] = [busy.respond(ctx, REQUEST), busy.respond(ctx, REQUEST)];
    const outcome = Promise.all(
      [waiting, first, queued].map((call) => expect(call).rejects.toMatchObject({ code: "cancelled" })),
    );
    await arrived(2);
    while (!clock.pending().includes(30_000)) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new SandlotError("cancelled", { detail: "by the test" }));
    await outcome;
    expect(seen).toHaveLength(2);
  });

  test("a context that has ended sends nothing", async () => {
    const { url, seen } = await endpoint(chatOnly);
    const signal = AbortSignal.abort(new SandlotError("cancelled", { detail: "before" }));
    await expect(clientOf(url).respond(rootContext({ signal }), REQUEST)).rejects.toMatchObject({ code: "cancelled" });
    expect(seen).toHaveLength(0);
  });
});
