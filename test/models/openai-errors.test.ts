import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { rootContext } from "../../src/core/context.ts";
import type { ErrorCode } from "../../src/core/errors/codes.ts";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { createOpenAiClient, type ModelClient, type OpenAiClientOptions } from "../../src/models/index.ts";
import { skippingClock } from "./clocks.ts";
import {
  completionWith,
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
  const client = createOpenAiClient({ name: "policy", url, model: "m", api: "responses", retries: 0, ...options });
  open.unshift({ stop: () => client.close() });
  return client;
}

async function endpoint(script: Script): Promise<ScriptedEndpoint> {
  const started = await startEndpoint(script);
  open.push(started);
  return started;
}

async function failure(client: ModelClient): Promise<SandlotError> {
  try {
    await client.respond(rootContext(), REQUEST);
  } catch (error) {
    if (SandlotError.is(error)) return error;
    throw error;
  }
  throw new Error("the call was answered");
}

const answers: [string, number, unknown, Record<string, string>, ErrorCode][] = [
  ["400", 400, { error: { message: "bad temperature", param: "temperature", code: null } }, {}, "model_rejected"],
  ["401", 401, { error: "Unauthorized" }, {}, "model_auth"],
  ["403", 403, { error: { message: "no" } }, {}, "model_auth"],
  [
    "404 of a model (vLLM)",
    404,
    { error: { message: "The model `nope` does not exist.", param: "model", code: 404 } },
    {},
    "model_not_found",
  ],
  ["404 of a model (OpenAI)", 404, { error: { message: "gone", code: "model_not_found" } }, {}, "model_not_found"],
  [
    "404 of something else",
    404,
    { error: { message: "no recording", code: "no_recording", param: "input" } },
    {},
    "model_rejected",
  ],
  ["404 of the path", 404, { detail: "Not Found" }, {}, "model_bad_response"],
  ["408", 408, {}, {}, "model_rate_limited"],
  ["422", 422, { detail: [{ loc: ["body"], msg: "field required" }] }, {}, "model_rejected"],
  ["429", 429, { error: { message: "slow down" } }, {}, "model_rate_limited"],
  ["429 with Retry-After", 429, { error: { message: "slow down" } }, { "retry-after": "7" }, "model_rate_limited"],
  ["500", 500, { error: { message: "EngineCore encountered an issue." } }, {}, "model_server_error"],
  ["503", 503, "<html>busy</html>", {}, "model_server_error"],
  ["a redirect", 307, "", { location: "http://elsewhere/" }, "model_bad_response"],
  ["invalid JSON", 200, '{"id": "resp_1", "output": [', {}, "model_bad_response"],
  ["NaN", 200, '{"id":"resp_1","object":"response","model":"m","output":[],"x":NaN}', {}, "model_bad_response"],
  ["HTML", 200, "<!doctype html><title>Welcome</title>", { "content-type": "text/html" }, "model_bad_response"],
  ["an empty body", 200, "", {}, "model_bad_response"],
  ["a list", 200, "[]", {}, "model_bad_response"],
  ["no output", 200, { id: "resp_1", object: "response", model: "m" }, {}, "model_bad_response"],
  [
    "output without types",
    200,
    { id: "r", object: "response", model: "m", output: [{ role: "assistant" }] },
    {},
    "model_bad_response",
  ],
  [
    "a call without id",
    200,
    responseWith("", { output: [{ type: "function_call", name: "f" }] }),
    {},
    "model_bad_response",
  ],
  [
    "a failed response",
    200,
    responseWith("", { status: "failed", error: { code: "server_error", message: "GPU fell off" } }),
    {},
    "model_server_error",
  ],
  ["a cancelled response", 200, responseWith("", { status: "cancelled" }), {}, "model_aborted"],
  ["a queued response", 200, responseWith("", { status: "queued" }), {}, "model_bad_response"],
];

describe("what the endpoint answers", () => {
  test.each(answers)("%s", async (_name, status, body, headers, code) => {
    const { url } = await endpoint((_request, response) => sendJson(response, status, body, headers));
    const error = await failure(clientOf(url));
    expect(error.code).toBe(code);
    expect(error.context).toMatchObject({ model: "policy" });
    if (headers["retry-after"]) expect(error.context).toMatchObject({ retry_after: 7, status: 429 });
    if (code === "model_server_error" && status === 200) expect(error.message).toContain("GPU fell off");
  });

  const chats: [string, unknown, ErrorCode][] = [
    ["no choices", { id: "c", choices: [] }, "model_bad_response"],
    ["no message", { id: "c", choices: [{ finish_reason: "stop" }] }, "model_bad_response"],
    ["an aborted generation", completionWith("half", { finish_reason: "abort" }), "model_aborted"],
    [
      "log-probs that do not fit the ids",
      completionWith("x", { token_ids: [1, 2], logprobs: { content: [{ logprob: -1 }] } }),
      "model_bad_response",
    ],
    [
      "a log-prob that is no number",
      completionWith("x", { token_ids: [1], logprobs: { content: [{ logprob: null }] } }),
      "model_bad_response",
    ],
  ];
  test.each(chats)("chat: %s", async (_name, body, code) => {
    const { url } = await endpoint((_request, response) => sendJson(response, 200, body));
    expect((await failure(clientOf(url, { api: "chat" }))).code).toBe(code);
  });

  test("a body that is not UTF-8", async () => {
    const { url } = await endpoint((_request, response) => response.end(Buffer.from([0x22, 0xff, 0x22])));
    expect((await failure(clientOf(url))).code).toBe("model_bad_response");
  });

  test("a body beyond the cap", async () => {
    const { url } = await endpoint((_request, response) => sendJson(response, 200, responseWith("x".repeat(10_000))));
    const error = await failure(clientOf(url, { maxBodyBytes: 5_000 }));
    expect(error.code).toBe("model_bad_response");
  });

  test("the API key is never in an error, and details are short", async () => {
    const script: Script = (request, response) =>
      sendJson(response, 401, { error: { message: `bad key ${request.headers.authorization} ${"x".repeat(2_000)}` } });
    const { url, seen } = await endpoint(script);
    const error = await failure(clientOf(url, { apiKey: "sk-very-secret\n" }));
    expect(seen[0]?.headers.authorization).toBe("Bearer sk-very-secret");
    expect(JSON.stringify(error.report())).not.toContain("sk-very-secret");
    expect((error.context as { detail: string }).detail).toHaveLength(500);
  });
});

describe("what happens to the connection", () => {
  /** A TCP server that does `act` once it has read a request. */
  async function tcp(act: (socket: Socket) => void): Promise<string> {
    const server: Server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => act(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push({ stop: () => new Promise((resolve) => server.close(() => resolve())) });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test("refused", async () => {
    const url = await tcp(() => undefined);
    await open.pop()?.stop();
    expect((await failure(clientOf(url))).code).toBe("model_unreachable");
  });

  test("a name that does not resolve", async () => {
    expect((await failure(clientOf("http://nowhere.invalid"))).code).toBe("model_unreachable");
  });

  test("reset", async () => {
    const url = await tcp((socket) => socket.resetAndDestroy());
    expect((await failure(clientOf(url))).code).toBe("model_unreachable");
  });

  test("closed without an answer", async () => {
    const url = await tcp((socket) => socket.end());
    expect((await failure(clientOf(url))).code).toBe("model_unreachable");
  });

  const half = ["content-length: 5000\r\n\r\n{", 'transfer-encoding: chunked\r\n\r\n5\r\n{"id"\r\n'];
  test.each(half)("closed in the body (%j)", async (rest) => {
    const url = await tcp((socket) => socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n${rest}`));
    expect((await failure(clientOf(url))).code).toBe("model_unreachable");
  });

  test("something that is not HTTP", async () => {
    const url = await tcp((socket) => socket.end("SSH-2.0-OpenSSH_9.9\r\n"));
    expect((await failure(clientOf(url))).code).toBe("model_bad_response");
  });

  test("a kept-alive connection that is closed under a request is worth another try", async () => {
    const { url, seen } = await endpoint((_request, response, count) => {
      if (count === 2) response.socket?.resetAndDestroy();
      else sendJson(response, 200, responseWith("fine"));
    });
    const client = clientOf(url, { retries: 1, clock: skippingClock() });
    await client.respond(rootContext(), REQUEST);
    // undici takes a connection back only after the turn in which its answer ended.
    await new Promise((resolve) => setImmediate(resolve));
    await client.respond(rootContext(), REQUEST);
    expect(seen).toHaveLength(3);
  });

  test("a fresh connection that is closed is not", async () => {
    const { url, seen } = await endpoint((_request, response) => response.socket?.resetAndDestroy());
    expect((await failure(clientOf(url, { retries: 3, clock: skippingClock() }))).code).toBe("model_unreachable");
    expect(seen).toHaveLength(1);
  });
});
