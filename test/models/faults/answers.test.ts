import { describe, expect, it } from "vitest";
import { rootContext } from "../../../src/core/context.ts";
import { createOpenAiClient, openSession } from "../../../src/models/index.ts";
import type { Fault } from "../../../src/models/stand-in/faults/fault.ts";
import { skippingClock } from "../clocks.ts";
import { closedAfterEach } from "../closed-after-each.ts";
import { openGatewaySession, samplesOf } from "../gateway-session.ts";
import { completionWith, NO_ROUTE, sendJson, startEndpoint } from "../scripted-endpoint.ts";
import { openFleetOf, startFleet, turn } from "./fleet-of-stand-ins.ts";

const closing = closedAfterEach();

const TOOL = { type: "function", name: "add", parameters: { type: "object", properties: { a: { type: "integer" } } } };

describe("an answer that can't be used", () => {
  const WRONG: [string, Fault][] = [
    ["has no choices", { kind: "empty-choices" }],
    ["ends in the middle of its body", { kind: "reset", at: "mid-stream" }],
    ["ends after its headers", { kind: "reset", at: "after-headers" }],
    ["has fewer token ids than log-probs", { kind: "unequal-tokens" }],
    ["has log-probs that are NaN, which is no JSON", { kind: "nan-log-probs" }],
  ];

  it.each(WRONG)("that %s is asked for again elsewhere, and no part of it is kept", async (_what, fault) => {
    const { ask, engine, begun, inFlight } = await startFleet(closing, { fleet: { policy: "round_robin" } });
    engine(0).replica.faults.add(fault);
    const calls = [await ask("1"), await ask("2")];
    expect(calls.map(({ replica }) => replica)).toEqual(["r1", "r1"]);
    for (const { tokens } of calls)
      expect(tokens.generationLogProbs).toHaveLength(tokens.generationTokenIds?.length ?? -1);
    expect(begun).toEqual([2, 2]);
    expect(inFlight()).toBe(0);
  });

  it.each(WRONG)("in a later turn, from token ids, that %s is asked for again elsewhere", async (_what, fault) => {
    const { fleet, engine, begunInAll } = await startFleet(closing);
    const session = openSession(fleet.client, { session: "s", group: null });
    const asked = turn("hello");
    const first = await session.respond(rootContext(), asked);
    engine(first.replica === "r0" ? 0 : 1).replica.faults.add(fault);
    const input = [...asked.input, ...first.items, ...turn("and?").input];
    const second = await session.respond(rootContext(), { ...asked, input });
    expect(second).toMatchObject({ replica: first.replica === "r0" ? "r1" : "r0", parent: first.id, broken: null });
    expect(second.tokens.generationLogProbs).toHaveLength(second.tokens.generationTokenIds?.length ?? -1);
    expect(begunInAll()).toBe(3);
  });

  it.each<[string, Fault, string]>([
    ["no choices", { kind: "empty-choices" }, "model_bad_response"],
    ["half a body", { kind: "reset", at: "mid-stream" }, "model_unreachable"],
  ])("is 502 for the caller when every replica gives %s, and is in no sample", async (_what, fault, code) => {
    const { fleet, engine, begunInAll } = await startFleet(closing);
    for (const at of [0, 1]) engine(at).replica.faults.add(fault);
    const { openai, session } = await openGatewaySession(fleet.client, closing);
    const call = openai.chat.completions.create({ model: "policy", messages: [{ role: "user", content: "hello" }] });
    await expect(call).rejects.toMatchObject({ status: 502, code });
    expect(samplesOf(session)).toEqual([]);
    expect(begunInAll()).toBe(3);
  });

  it("that has null for a log-prob is asked for again elsewhere", async () => {
    const ids = { token_ids: [7], logprobs: { content: [{ token: "token_id:7", logprob: null, bytes: null }] } };
    const bad = await startEndpoint(({ path }, response) => {
      if (path.startsWith("/v1/chat/")) sendJson(response, 200, { ...completionWith("x", ids), prompt_token_ids: [1] });
      else sendJson(response, 200, { data: [{ id: "m" }] });
    });
    closing(() => bad.stop());
    const { engine } = await startFleet(closing, { replicas: 1 });
    const { ask, ready } = openFleetOf(closing, [bad.url, engine(0).url], { policy: "round_robin" });
    await ready();
    expect([await ask("1"), await ask("2")].map(({ replica }) => replica)).toEqual(["r1", "r1"]);
  });
});

describe("an answer that can be used", () => {
  it("but was cut by less than what was asked for is truncated by length", async () => {
    const { ask } = await startFleet(closing, { standIn: { maxModelLength: 128 } });
    const call = await ask("1", turn('[[script {"content": "word ", "tokens": 500}]]', { max_output_tokens: 120 }));
    const length = call.tokens.generationTokenIds?.length ?? 0;
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThan(120);
    expect((call.tokens.promptTokenIds?.length ?? 0) + length).toBe(128);
    expect(call).toMatchObject({
      truncatedBy: "length",
      finishReason: "length",
      answer: { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
    });
  });

  it("but has arguments that are no JSON is passed on as it is", async () => {
    const { fleet, engine, begunInAll } = await startFleet(closing, { replicas: 1 });
    engine(0).replica.faults.add({ kind: "invalid-arguments" });
    const { openai, session } = await openGatewaySession(fleet.client, closing);
    const content = '[[script {"tool_calls": [{"name": "add", "arguments": {"a": 17}}]}]]';
    const { choices } = await openai.chat.completions.create({
      model: "policy",
      messages: [{ role: "user", content }],
      tools: [{ type: "function", function: { name: TOOL.name, parameters: TOOL.parameters } }],
    });
    const [call] = choices[0]?.message.tool_calls ?? [];
    const text = call?.type === "function" ? call.function.arguments : "";
    expect('{"a": 17}'.startsWith(text)).toBe(true);
    expect(() => JSON.parse(text) as unknown).toThrow();
    expect(samplesOf(session)).toMatchObject([{ finish_reason: "tool_calls", problem: null }]);
    expect(begunInAll()).toBe(1);
  });

  it("but has no usage counts nothing, and keeps its tokens", async () => {
    const { ask, engine, begunInAll } = await startFleet(closing, { replicas: 1 });
    engine(0).replica.faults.add({ kind: "usage", usage: "missing" });
    const call = await ask("1");
    expect(call).toMatchObject({ usage: null, truncatedBy: null });
    expect(call.tokens.generationTokenIds?.length).toBeGreaterThan(0);
    expect(begunInAll()).toBe(1);
  });

  it("but counts double is known by its tokens: the fleet's loads follow these", async () => {
    const { ask, engine, fleet } = await startFleet(closing, { replicas: 1 });
    engine(0).replica.faults.add({ kind: "usage", usage: "doubled" });
    const { tokens, usage } = await ask("1");
    const whole = (tokens.promptTokenIds?.length ?? 0) + (tokens.generationTokenIds?.length ?? 0);
    expect(usage?.total_tokens).toBe(2 * whole);
    expect(fleet.snapshot().replicas[0]?.residentTokens).toBe(whole);
  });
});

it.each([
  [200, "NaN", "model_bad_response"],
  [200, "{}", "model_bad_response"],
  [404, '{"error": {"message": "The model `m` does not exist.", "param": "model"}}', "model_not_found"],
])("on the way from token ids, %i with %s is %s, and not asked for as text", async (status, rendered, code) => {
  const engine = await startEndpoint(({ path }, response) => {
    const ids = { token_ids: [7], logprobs: { content: [{ token: "token_id:7", logprob: -1, bytes: null }] } };
    if (path.endsWith("/render")) sendJson(response, status, rendered);
    else sendJson(response, 200, { ...completionWith("x", ids), prompt_token_ids: [1] });
  });
  closing(() => engine.stop());
  const client = createOpenAiClient({ name: "policy", url: engine.url, model: "m", tokens: true });
  closing(() => client.close());
  const session = openSession(client, { session: "s", group: null });
  const asked = turn("hello");
  const first = await session.respond(rootContext(), asked);
  const later = { ...asked, input: [...asked.input, ...first.items, ...turn("and?").input] };
  // Twice: one replica's fault does not change how others are asked.
  for (let tries = 0; tries < 2; tries++)
    await expect(session.respond(rootContext(), later)).rejects.toMatchObject({ code });
  expect(engine.seen.filter(({ path }) => path.endsWith("/completions"))).toHaveLength(1);
});

it("an answer that is there is not kept back by an engine that does not say why its tokens differ", async () => {
  let prompt = 10;
  const engine = await startEndpoint(({ path }, response) => {
    const ids = { token_ids: [7], logprobs: { content: [{ token: "token_id:7", logprob: -1, bytes: null }] } };
    if (path.endsWith("/completions"))
      sendJson(response, 200, { ...completionWith("x", ids), prompt_token_ids: [prompt++] });
    else if (path !== "/detokenize") sendJson(response, 404, NO_ROUTE);
  });
  closing(() => engine.stop());
  const clock = skippingClock();
  const client = createOpenAiClient({ name: "policy", url: engine.url, model: "m", tokens: true, clock });
  closing(() => client.close());
  const session = openSession(client, { session: "s", group: null });
  const asked = turn("hello");
  const first = await session.respond(rootContext(), asked);
  const input = [...asked.input, ...first.items, ...turn("and?").input];
  const second = await session.respond(rootContext(), { ...asked, input });
  expect(second.broken).toEqual({ reason: "unknown", after: first.id, position: 0 });
  expect(clock.waits).toContain(5_000);
});

describe("a replica that lies about its model", () => {
  it("from the start gets nothing", async () => {
    const { engines, engine, begun } = await startFleet(closing);
    engine(0).replica.faults.add({ kind: "model-name", name: "other" });
    const { ask, stateOf } = openFleetOf(
      closing,
      engines.replicas.map(({ url }) => url),
    );
    expect((await Promise.all(["1", "2", "3"].map((name) => ask(name)))).map(({ replica }) => replica)).toEqual([
      "r1",
      "r1",
      "r1",
    ]);
    expect([begun[0], stateOf("r0")]).toEqual([0, "starting"]);
  });

  it("later, because another server has its address now, is found dead", async () => {
    const { ask, engine, stateOf } = await startFleet(closing);
    await Promise.all(["1", "2", "3", "4"].map((name) => ask(name)));
    engine(0).replica.faults.add({ kind: "model-name", name: "other" });
    await expect.poll(() => stateOf("r0"), { timeout: 5_000 }).toBe("dead");
    expect((await Promise.all(["5", "6", "7"].map((name) => ask(name)))).map(({ replica }) => replica)).toEqual([
      "r1",
      "r1",
      "r1",
    ]);
    engine(0).replica.faults.clear();
    await expect.poll(() => stateOf("r0"), { timeout: 5_000 }).toBe("ready");
  });
});
