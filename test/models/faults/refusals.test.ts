import { once } from "node:events";
import { type IncomingMessage, request as httpRequest } from "node:http";
import { describe, expect, it } from "vitest";
import { closedAfterEach } from "../closed-after-each.ts";
import { type GatewaySessionSettings, openGatewaySession, samplesOf } from "../gateway-session.ts";
import { type FleetSettings, startFleet, turn } from "./fleet-of-stand-ins.ts";

const closing = closedAfterEach();

async function start(settings: FleetSettings & { readonly gateway?: GatewaySessionSettings } = {}) {
  const fleet = await startFleet(closing, settings);
  return { ...fleet, ...(await openGatewaySession(fleet.fleet.client, closing, settings.gateway)) };
}

/** The same request in the words of each API. */
const BODIES = {
  "/v1/chat/completions": { messages: [{ role: "user", content: "hello" }] },
  "/v1/responses": { input: [{ role: "user", content: "hello" }] },
  "/v1/messages": { max_tokens: 10, messages: [{ role: "user", content: "hello" }] },
};
/** A tool, and a choice of another one. */
const CHOICES = {
  "/v1/chat/completions": {
    tools: [{ type: "function", function: { name: "add" } }],
    tool_choice: { type: "function", function: { name: "subtract" } },
  },
  "/v1/responses": {
    tools: [{ type: "function", name: "add", parameters: {}, strict: false }],
    tool_choice: { type: "function", name: "subtract" },
  },
  "/v1/messages": {
    tools: [{ name: "add", input_schema: { type: "object" } }],
    tool_choice: { type: "tool", name: "subtract" },
  },
};
type Path = keyof typeof BODIES;
const PATHS = Object.keys(BODIES) as Path[];

async function post(root: string, path: Path, more: object) {
  const body = JSON.stringify({ model: "policy", ...BODIES[path], ...more });
  const answer = await fetch(`${root}${path}`, { method: "POST", body });
  return { status: answer.status, retry: answer.headers.get("x-should-retry"), body: await answer.json() };
}

/** The error of a body in the dialect's own shape. */
function errorIn(path: Path, type: string, more: object): object {
  return path === "/v1/messages" ? { type: "error", error: { type } } : { error: { type, ...more } };
}

/** Calls of the Chat API that these engines have answered, in whatever way, by their own count. */
async function posts(urls: readonly string[]): Promise<number> {
  let count = 0;
  for (const url of urls) {
    const page = await (await fetch(`${url}/metrics`)).text();
    for (const line of page.split("\n"))
      if (/^http_requests_total\{.*\/v1\/chat\/completions/.test(line)) count += Number(line.split(" ").at(-1));
  }
  return count;
}

describe.each(PATHS)("what cannot be answered on %s", (path) => {
  const invalid = "invalid_request_error";

  it("is told for an unknown model, without asking an engine", async () => {
    const { root, begunInAll } = await start();
    const type = path === "/v1/messages" ? "not_found_error" : invalid;
    const body = errorIn(path, type, { param: "model", code: "model_not_found" });
    expect(await post(root, path, { model: "gpt-5" })).toMatchObject({ status: 404, retry: "false", body });
    expect(begunInAll()).toBe(0);
  });

  it("is told for a context that is too long, in the engine's words, and asked of one engine", async () => {
    const { root, session, engine } = await start({ standIn: { maxModelLength: 64 } });
    const long = [{ role: "user", content: "word ".repeat(500) }];
    const answer = await post(root, path, path === "/v1/responses" ? { input: long } : { messages: long });
    const body = errorIn(path, invalid, { code: "context_length_exceeded" });
    expect(answer).toMatchObject({ status: 400, retry: "false", body });
    expect(JSON.stringify(answer.body)).toContain("maximum context length is 64 tokens");
    expect(samplesOf(session)).toEqual([]);
    expect(await posts([engine(0).url, engine(1).url])).toBe(1);
  });

  it("is told for tools that are none, with the field or the engine's message", async () => {
    const { root, begunInAll } = await start();
    const tools = await post(root, path, { tools: "all of them" });
    expect(tools).toMatchObject({ status: 400, retry: "false", body: errorIn(path, invalid, {}) });
    expect(JSON.stringify(tools.body)).toContain("tools");
    const choice = await post(root, path, CHOICES[path]);
    expect(choice).toMatchObject({ status: 400, retry: "false", body: errorIn(path, invalid, {}) });
    expect(JSON.stringify(choice.body)).toContain("tool");
    expect(begunInAll()).toBe(0);
  });
});

it("a context that is too long ends a rollout as truncated by length, and blames no replica", async () => {
  const { ask, stateOf } = await startFleet(closing, { standIn: { maxModelLength: 64 } });
  for (let i = 0; i < 6; i++) {
    const call = await ask(`s${i}`, turn("word ".repeat(500)));
    expect(call).toMatchObject({ truncatedBy: "length", finishReason: "length", items: [], usage: null, status: 400 });
  }
  expect(["r0", "r1"].map(stateOf)).toEqual(["ready", "ready"]);
});

it("a schema that the engine refuses is told with its message, and asked of one engine", async () => {
  const { openai, engine } = await start();
  for (const at of [0, 1]) engine(at).replica.faults.add({ kind: "status", status: 400 });
  const call = openai.chat.completions.create({
    model: "policy",
    messages: [{ role: "user", content: "hello" }],
    response_format: { type: "json_schema", json_schema: { name: "x", schema: { type: "nothing" } } },
  });
  await expect(call).rejects.toThrow(/^400 .*A fault that was asked for/);
  expect(await posts([engine(0).url, engine(1).url])).toBe(1);
});

describe("a body over the limit", () => {
  it.each([true, false])("is refused with 413 while it is still sent (length announced: %s)", async (announced) => {
    const { root, begunInAll } = await start({ gateway: { bodyBytes: 10_000 } });
    const headers = announced ? { "content-length": 2_000_000 } : {};
    const sent = httpRequest(`${root}/v1/chat/completions`, { method: "POST", headers });
    for (let i = 0; i < 20; i++) sent.write("x".repeat(100_000));
    sent.end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    const chunks = await response.setEncoding("utf8").toArray();
    expect([response.statusCode, response.headers["x-should-retry"]]).toEqual([413, "false"]);
    expect(JSON.parse(chunks.join(""))).toMatchObject({ error: { code: "payload_too_large" } });
    expect(begunInAll()).toBe(0);
  });
});
