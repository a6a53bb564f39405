import { request as httpRequest } from "node:http";
import type OpenAI from "openai";
import { describe, expect, it } from "vitest";
import type { BranchSample } from "../../src/contract/samples.ts";
import { createOpenAiClient } from "../../src/models/index.ts";
import { ADD, type Gateway, startGateway } from "./start-gateway.ts";
import { closedAfterEach } from "./closed-after-each.ts";
import { openGatewaySession, samplesOf } from "./gateway-session.ts";
import { sendJson, startEndpoint } from "./scripted-endpoint.ts";

const closing = closedAfterEach();

/** The text of a sample's tokens, by the tokenizer of the engine. */
async function textOf({ engine }: Gateway, { prompt_ids, response_ids }: BranchSample): Promise<string> {
  const body = JSON.stringify({ model: "m", tokens: [...prompt_ids, ...response_ids] });
  const answer = await fetch(`${engine.replicas[0]?.url}/detokenize`, { method: "POST", body });
  return ((await answer.json()) as { prompt: string }).prompt;
}

/** What a trainer gets of the session. */
const samples = ({ session }: Gateway) => samplesOf(session);
/** Tokens that were sampled for it. */
const sampled = ({ engine }: Gateway) =>
  engine.replicas.reduce((sum, { replica }) => sum + replica.driver.engine.counters.generationTokens, 0);

describe("an agent of the Chat API behind the gateway", () => {
  it.each([
    ["its tokens are canonical", {}],
    ["they are not", { drift: true }],
  ])("makes one exact sequence of tokens where %s", async (_where, standIn) => {
    const gateway = await startGateway(closing, { standIn });
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "What is 17 + 25?" }];
    const saidTo: string[] = [];
    for (let turn = 0; turn < 4; turn++) {
      const { choices } = await gateway.openai.chat.completions.create({
        model: "policy",
        messages,
        tools: [{ type: "function", function: ADD }],
      });
      const message = choices[0]?.message;
      if (!message) throw new Error("no choice");
      messages.push(message);
      const said = `turn ${turn} says 42`;
      for (const { id } of message.tool_calls ?? []) messages.push({ role: "tool", tool_call_id: id, content: said });
      if (!message.tool_calls?.length) messages.push({ role: "user", content: said });
      if (turn < 3) saidTo.push(said);
    }
    const [sample, ...more] = samples(gateway);
    expect(more).toEqual([]);
    if (!sample) throw new Error("no sample");
    expect(sample.call_ids).toHaveLength(4);
    const text = await textOf(gateway, sample);
    for (const said of saidTo) expect(text).toContain(said);
    expect(sample.loss_mask.filter((mask) => mask === 1)).toHaveLength(sampled(gateway));
  });

  it("streams", async () => {
    const gateway = await startGateway(closing);
    const stream = await gateway.openai.chat.completions.create({
      model: "policy",
      messages: [{ role: "user", content: "Say something." }],
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    let usage = 0;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      usage += chunk.usage?.completion_tokens ?? 0;
    }
    expect(text.length).toBeGreaterThan(0);
    expect(usage).toBe(samples(gateway)[0]?.response_ids.length);
  });
});

describe("an agent of the Responses API behind the gateway", () => {
  it("makes one exact sequence of tokens, streamed and not", async () => {
    const gateway = await startGateway(closing, { standIn: { drift: true } });
    const input: OpenAI.Responses.ResponseInput = [{ role: "user", content: "What is 17 + 25?" }];
    const tools: OpenAI.Responses.Tool[] = [{ type: "function", strict: false, ...ADD }];
    for (let turn = 0; turn < 4; turn++) {
      const request = { model: "policy", input: [...input], tools };
      const response =
        turn % 2 === 0
          ? await gateway.openai.responses.create(request)
          : await gateway.openai.responses.stream(request).finalResponse();
      input.push(...(response.output as OpenAI.Responses.ResponseInput));
      const calls = response.output.flatMap((item) => (item.type === "function_call" ? [item.call_id] : []));
      for (const call_id of calls) input.push({ type: "function_call_output", call_id, output: "42" });
      if (calls.length === 0) input.push({ role: "user", content: "And 1 + 2?" });
    }
    expect(samples(gateway).map(({ call_ids }) => call_ids.length)).toEqual([4]);
  });
});

describe("the gateway", () => {
  const say = (gateway: Gateway, more: object = {}) =>
    gateway.openai.chat.completions.create({
      model: "policy",
      messages: [{ role: "user", content: "hello" }],
      ...more,
    });

  it("names a broken prefix with its turn and reason, and trains on both branches", async () => {
    const gateway = await startGateway(closing);
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "one" }];
    const { choices } = await gateway.openai.chat.completions.create({ model: "policy", messages });
    if (!choices[0]) throw new Error("no choice");
    messages.push({ ...choices[0].message, content: "something else" }, { role: "user", content: "two" });
    await gateway.openai.chat.completions.create({ model: "policy", messages });
    const [first, second] = samples(gateway);
    expect([first?.break, first?.mask, second?.mask]).toEqual([null, false, false]);
    expect(second?.break).toMatchObject({ reason: "edited_history", after: first?.call_ids[0] });
    expect(second?.break?.position).toBeGreaterThan(0);
  });

  it("samples as the session says, whatever the agent asks for", async () => {
    const gateway = await startGateway(closing, { sampling: new Map([["max_output_tokens", "7"]]) });
    await say(gateway, { max_tokens: 500 });
    const [sample] = samples(gateway);
    expect(sample).toMatchObject({ finish_reason: "length" });
    expect(sample?.response_ids).toHaveLength(7);
  });

  it("knows no other model, no other path, and no other token", async () => {
    const gateway = await startGateway(closing);
    const { root, openai } = gateway;
    await expect(say(gateway, { model: "gpt-5" })).rejects.toMatchObject({ status: 404, code: "model_not_found" });
    expect((await openai.models.list()).data.map(({ id }) => id)).toEqual(["policy", "m"]);
    expect((await fetch(`${root}/v1/embeddings`, { method: "POST", body: "{}" })).status).toBe(404);
    expect((await fetch(`${root}/v1/chat/completions`)).status).toBe(405);
    expect((await fetch(`${root}x/v1/models`)).status).toBe(401);
    expect((await fetch(`${root.replace(/\/r\/.*/, "")}/v1/models`)).status).toBe(401);
    const anthropic = await fetch(`${root.slice(0, -3)}xxx/v1/messages`, { method: "POST", body: "{}" });
    expect(await anthropic.json()).toMatchObject({ type: "error", error: { type: "authentication_error" } });
  });

  it("asks the tokenizer of its own model, whatever model the body names", async () => {
    const { root } = await startGateway(closing);
    const ask = async (path: string, body: object) => {
      const answer = await fetch(`${root}${path}`, {
        method: "POST",
        body: JSON.stringify({ model: "other", ...body }),
      });
      return (await answer.json()) as { tokens?: number[]; prompt?: string };
    };
    const { tokens } = await ask("/tokenize", { prompt: "hello there" });
    expect(tokens?.length).toBeGreaterThan(0);
    expect(await ask("/detokenize", { tokens })).toEqual({ prompt: "hello there" });
  });

  it("reads what the tokenizer refuses as it reads what the model does, and counts the question", async () => {
    const refused = { error: { message: "no such token, says secret", type: "x", param: "tokens", code: null } };
    const answers = [
      [400, refused],
      [401, refused],
      [503, "<html>"],
      [404, { detail: "Not Found" }],
    ] as const;
    const engine = await startEndpoint((_request, response, count) => {
      const [status, body] = answers[count - 1] ?? [200, {}];
      sendJson(response, status, body);
    });
    closing(() => engine.stop());
    const client = createOpenAiClient({ name: "policy", url: engine.url, model: "m", apiKey: "secret", retries: 0 });
    closing(() => client.close());
    const { root } = await openGatewaySession(client, closing, { maxCalls: answers.length });
    const seen = [];
    for (let at = 0; at <= answers.length; at++) {
      const answer = await fetch(`${root}/detokenize`, { method: "POST", body: '{"tokens": [-1]}' });
      const { error } = (await answer.json()) as { error: { code: string; message: string } };
      expect(error.message).not.toContain("secret");
      seen.push([answer.status, error.code]);
    }
    expect(seen).toEqual([
      [400, "model_rejected"],
      [502, "model_auth"],
      [502, "model_server_error"],
      [404, "not_found"],
      [403, "session_spent"],
    ]);
  });

  it("refuses what it cannot read, with the field, and what is too large", async () => {
    const gateway = await startGateway(closing, { bodyBytes: 2_000 });
    await expect(say(gateway, { n: 2 })).rejects.toMatchObject({ status: 400, param: "n" });
    const broken = await fetch(`${gateway.root}/v1/chat/completions`, { method: "POST", body: "{" });
    expect(broken.status).toBe(400);
    const large = [{ role: "user", content: "x".repeat(3_000) }];
    await expect(say(gateway, { messages: large })).rejects.toMatchObject({ status: 413 });
    expect(gateway.session.calls).toBe(0);
  });

  it("ends with its session: calls in flight and all that come", async () => {
    const gateway = await startGateway(closing, { standIn: { speed: 1 } });
    const call = say(gateway, { max_tokens: 4_000 });
    const ended = expect(call).rejects.toMatchObject({ status: 400, code: "cancelled" });
    await expect.poll(() => gateway.engine.replicas[0]?.replica.driver.engine.counters.running).toBe(1);
    gateway.sessions.remove(gateway.session.id);
    await ended;
    await expect(say(gateway)).rejects.toMatchObject({ status: 401 });
    await expect.poll(() => gateway.engine.replicas[0]?.replica.driver.engine.counters.running).toBe(0);
  });

  it("does not continue from ids an answer that a text to stop at has ended: its end token is missing", async () => {
    const gateway = await startGateway(closing, { standIn: { answer: () => ({ content: "one two STOP three" }) } });
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "count" }];
    const request = { model: "policy", messages, stop: ["STOP"] };
    const { choices } = await gateway.openai.chat.completions.create(request);
    expect(choices[0]?.message.content).toBe("one two ");
    messages.push({ role: "assistant", content: "one two " }, { role: "user", content: "go on" });
    await gateway.openai.chat.completions.create({ ...request, messages });
    const [, second] = samples(gateway);
    expect(second?.call_ids).toHaveLength(1);
    expect(second?.break?.reason).toBe("template_rendering");
  });

  it("takes no call whose body comes after the end of its session", async () => {
    const gateway = await startGateway(closing);
    const { port, pathname } = new URL(`${gateway.root}/v1/chat/completions`);
    const sent = httpRequest({ port, path: pathname, method: "POST" });
    sent.on("error", () => undefined);
    sent.write('{"model":"policy",');
    await new Promise((resolve) => setTimeout(resolve, 50));
    gateway.sessions.remove(gateway.session.id);
    sent.end('"messages":[{"role":"user","content":"hello"}]}');
    await new Promise((resolve) => sent.on("close", resolve));
    expect(gateway.session.calls).toBe(0);
    expect(gateway.engine.replicas[0]?.replica.driver.engine.counters.promptTokens).toBe(0);
  });

  it("makes no more calls than a session may", async () => {
    const gateway = await startGateway(closing, { maxCalls: 1 });
    await say(gateway);
    await expect(say(gateway)).rejects.toMatchObject({ status: 403, code: "session_spent" });
  });

  it("aborts the generation when its caller goes, and trains on nothing that did not arrive", async () => {
    const gateway = await startGateway(closing, { standIn: { speed: 1 } });
    const controller = new AbortController();
    const call = gateway.openai.chat.completions.create(
      { model: "policy", messages: [{ role: "user", content: "hello" }], max_tokens: 4_000 },
      { signal: controller.signal },
    );
    const ended = expect(call).rejects.toThrow();
    await expect.poll(() => gateway.engine.replicas[0]?.replica.driver.engine.counters.running).toBe(1);
    controller.abort();
    await ended;
    await expect.poll(() => gateway.engine.replicas[0]?.replica.driver.engine.counters.running).toBe(0);
    expect(samples(gateway)).toEqual([]);
  });

  it("keeps a stream open while the model works, and ends it with the error there is", async () => {
    const gateway = await startGateway(closing, { standIn: { speed: 1 }, keepAliveMs: 20 });
    const response = await fetch(`${gateway.root}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "policy", messages: [{ role: "user", content: "hello" }], stream: true }),
    });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    await gateway.engine.stop();
    const text = await response.text();
    expect(text).toMatch(/^: keep-alive\n\n/);
    expect(text).toContain('"code":"model_unreachable"');
  });
});
