import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ScriptedEndpoint } from "../scripted-endpoint.ts";
import { startDialectServer } from "./dialect-server.ts";

const messages = [{ role: "user" as const, content: "hi" }];

describe("the unmodified openai client for JavaScript", () => {
  let server: ScriptedEndpoint;
  let client: OpenAI;
  beforeAll(async () => {
    server = await startDialectServer();
    client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "k" });
  });
  afterAll(() => server.stop());

  test("reads a Chat completion, and its stream as the same", async () => {
    const whole = await client.chat.completions.create({ model: "tools", messages });
    expect(whole.choices[0]?.message).toMatchObject({
      content: "look",
      reasoning: "hm",
      tool_calls: [{ id: "c1" }, { id: "c2" }],
    });
    const stream = client.chat.completions.stream({
      model: "tools",
      messages,
      stream_options: { include_usage: true },
    });
    const said: string[] = [];
    stream.on("content", (delta) => said.push(delta));
    const streamed = await stream.finalChatCompletion();
    expect(streamed.choices[0]?.message.tool_calls).toMatchObject(whole.choices[0]?.message.tool_calls ?? []);
    expect(streamed).toMatchObject({
      id: whole.id,
      usage: whole.usage,
      choices: [{ finish_reason: "tool_calls", message: { content: "look" } }],
    });
    expect(said.join("")).toBe("look");
  });

  test("reads a Chat stream that was cut by length, and one with log-probs", async () => {
    const ends: (string | null)[] = [];
    for await (const { choices } of await client.chat.completions.create({ model: "long", messages, stream: true })) {
      for (const choice of choices) ends.push(choice.finish_reason);
    }
    expect(ends).toEqual([null, null, "length"]);
    const runner = client.chat.completions.stream({ model: "ids", messages, logprobs: true });
    expect((await runner.finalChatCompletion()).choices[0]?.logprobs?.content).toMatchObject([
      { token: "h", logprob: -0.5 },
    ]);
  });

  test("reads a response, and its stream as the same", async () => {
    const whole = await client.responses.create({ model: "tools", input: "hi" });
    expect(whole.output_text).toBe("look");
    expect(whole.output.map((item) => item.type)).toEqual(["reasoning", "message", "function_call", "function_call"]);
    const stream = client.responses.stream({ model: "tools", input: "hi" });
    const deltas: string[] = [];
    stream.on("response.output_text.delta", (event) => deltas.push(event.snapshot));
    stream.on("response.function_call_arguments.delta", (event) => deltas.push(event.snapshot));
    const streamed = await stream.finalResponse();
    expect(streamed.output).toMatchObject(whole.output);
    expect(streamed.status).toBe("completed");
    expect(deltas).toEqual(["look", '{"a": 17}', '{"a": 25}']);
  });

  test.each([
    ["long", "max_output_tokens", "and so o"],
    ["filtered", "content_filter", ""],
  ])("reads a stream of a response that is incomplete: %s", async (model, reason, text) => {
    const response = await client.responses.stream({ model, input: "hi" }).finalResponse();
    expect(response).toMatchObject({ status: "incomplete", incomplete_details: { reason }, output_text: text });
  });

  test("knows our errors, and sends nothing again that would fail again", async () => {
    const before = server.seen.length;
    const refused = (model: string) => client.chat.completions.create({ model, messages });
    await expect(refused("nope")).rejects.toMatchObject({ status: 404, code: "model_not_found", param: "model" });
    await expect(refused("full")).rejects.toMatchObject({ status: 400, code: "context_length_exceeded" });
    await expect(refused("busy")).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    await expect(client.responses.create({ model: "full", input: "hi", stream: true })).rejects.toMatchObject({
      status: 400,
    });
    await expect(
      client.responses.create({ model: "fine", input: "hi", previous_response_id: "r" }),
    ).rejects.toMatchObject({
      param: "previous_response_id",
    });
    expect(server.seen.length - before).toBe(5);
  });

  test("never takes a broken stream for an answer", async () => {
    await expect(client.chat.completions.stream({ model: "breaking", messages }).finalChatCompletion()).rejects.toThrow(
      /gone/,
    );
    const response = await client.responses.stream({ model: "breaking", input: "hi" }).finalResponse();
    expect(response).toMatchObject({ status: "failed", output: [], error: { code: "server_error" } });
  });
});
