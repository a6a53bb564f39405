import { describe, expect, test } from "vitest";
import { type JsonObject, parseJson } from "../../../src/core/json/parse.ts";
import { servedAnthropic, servedChat, servedResponses } from "../../../src/models/dialects/index.ts";
import { callOf, chatCall } from "./support.ts";

const USER = { role: "user", content: "hi" };
const askChat = (more: object = {}) => servedChat.read(JSON.stringify({ messages: [USER], ...more }));
const askAnthropic = (more: object = {}) => servedAnthropic.read(JSON.stringify({ messages: [USER], ...more }));
const askResponses = (more: object = {}) => servedResponses.read(JSON.stringify({ input: "hi", ...more }));
const json = (text: string) => parseJson(text) as JsonObject;

const LOGPROBS = {
  content: [
    {
      token: "token_id:7",
      logprob: -0.5,
      bytes: [104, 105],
      top_logprobs: [{ token: "token_id:8", logprob: -1, bytes: [195] }],
    },
    { token: "token_id:9", logprob: -2, bytes: null, top_logprobs: [] },
  ],
};
const captured = chatCall(
  { content: "hi", reasoning: "hm" },
  { logprobs: LOGPROBS, token_ids: [7, 9] },
  { prompt_token_ids: [1, 2] },
);

describe("a Chat completion", () => {
  test("hides the tokens that only we had asked for, and has reasoning under both names", () => {
    expect(json(askChat().body(captured))).toMatchObject({
      prompt_token_ids: null,
      choices: [
        { logprobs: null, token_ids: null, message: { content: "hi", reasoning: "hm", reasoning_content: "hm" } },
      ],
    });
  });

  test("shows those that the caller asked for, as vLLM would", () => {
    const ids = askChat({ logprobs: true, return_token_ids: true, return_tokens_as_token_ids: true }).body(captured);
    expect(json(ids)).toMatchObject({ prompt_token_ids: [1, 2], choices: [{ logprobs: LOGPROBS, token_ids: [7, 9] }] });
    expect(json(askChat({ logprobs: true }).body(captured))).toMatchObject({
      prompt_token_ids: null,
      choices: [
        {
          token_ids: null,
          logprobs: {
            content: [{ token: "hi", logprob: -0.5, top_logprobs: [{ token: "\u{fffd}" }] }, { token: "token_id:9" }],
          },
        },
      ],
    });
  });

  test("shows the name of the model that it is told to", () => {
    expect(json(askChat().body(captured, { model: "fleet" }))).toMatchObject({ model: "fleet" });
    expect(json(askChat().body(captured))).toMatchObject({ model: "fake" });
  });

  test("keeps what only the endpoint knows, as it wrote it", () => {
    const body =
      '{"id":"c","choices":[{"message":{"content":"\\ud800","x":1.0},"finish_reason":"stop"}],"n":9007199254740993}';
    const text = askChat().body(callOf("/chat/completions", askChat().request, body));
    expect(text).toBe(body);
  });

  test("is made of an answer that came by Responses", () => {
    const output = [
      { id: "rs", type: "reasoning", summary: [], content: [{ type: "reasoning_text", text: "hm" }] },
      {
        id: "m",
        type: "message",
        role: "assistant",
        content: [
          { type: "output_text", text: "a", logprobs: [{ token: "a", logprob: -1 }] },
          { type: "refusal", refusal: "no" },
        ],
      },
      { id: "f", type: "function_call", call_id: "c1", name: "f", arguments: "{}" },
    ];
    const usage = { input_tokens: 3, input_tokens_details: { cached_tokens: 1 }, output_tokens: 2, total_tokens: 5 };
    const body = { id: "resp_1", object: "response", created_at: 9.5, model: "up", status: "completed", output, usage };
    const asked = askChat({ logprobs: true });
    expect(json(asked.body(callOf("/responses", asked.request, JSON.stringify(body))))).toEqual({
      id: "resp_1",
      object: "chat.completion",
      created: 9,
      model: "up",
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            content: "a",
            refusal: "no",
            reasoning: "hm",
            reasoning_content: "hm",
            tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: "{}" } }],
          },
          logprobs: { content: [{ token: "a", logprob: -1 }] },
          finish_reason: "tool_calls",
          token_ids: null,
        },
      ],
      usage: {
        prompt_tokens: 3,
        completion_tokens: 2,
        total_tokens: 5,
        prompt_tokens_details: { cached_tokens: 1 },
        completion_tokens_details: { reasoning_tokens: null },
      },
      prompt_token_ids: null,
    });
  });
});

describe("how an answer was cut short, in each dialect's words", () => {
  const RESPONSE = {
    id: "r",
    object: "response",
    model: "m",
    output: [],
    usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
  };

  test.each([
    ["stop", "end_turn", "completed", undefined],
    ["length", "max_tokens", "incomplete", "max_output_tokens"],
    ["content_filter", "refusal", "incomplete", "content_filter"],
  ])("%s", (finish, stop, status, why) => {
    const call = chatCall({ content: "a" }, { finish_reason: finish });
    expect(json(askChat().body(call))).toMatchObject({ choices: [{ finish_reason: finish }] });
    expect(json(askAnthropic().body(call))).toMatchObject({ stop_reason: stop, stop_sequence: null });
    const response = json(askResponses().body(call));
    expect(response).toMatchObject({ status });
    expect((response["incomplete_details"] as { reason: string } | null)?.reason).toBe(why);
  });

  test.each([
    ["max_output_tokens", "length"],
    ["content_filter", "content_filter"],
  ])("%s of an endpoint that speaks Responses", (reason, finish) => {
    const body = { ...RESPONSE, status: "incomplete", incomplete_details: { reason } };
    const call = callOf("/responses", askChat().request, JSON.stringify(body));
    expect(json(askChat().body(call))).toMatchObject({
      choices: [{ finish_reason: finish, message: { content: null } }],
    });
  });

  test("an aborted answer is none", () => {
    expect(() => chatCall({ content: "half" }, { finish_reason: "abort" })).toThrow(/model aborted/);
    const cancelled = JSON.stringify({ ...RESPONSE, status: "cancelled" });
    expect(() => callOf("/responses", askChat().request, cancelled)).toThrow(/model aborted/);
  });

  test("a prompt that does not fit is an error, or Gym's empty answer", () => {
    const refusal = '{"error":{"message":"maximum context length is 8 tokens","code":400}}';
    const call = callOf("/chat/completions", askChat().request, refusal, 400);
    for (const asked of [askChat(), askAnthropic(), askResponses()]) {
      expect(() => asked.body(call)).toThrow("context overflow: maximum context length is 8 tokens");
      expect(() => asked.events(call)).toThrow("context overflow");
    }
    const empty = { overflow: "empty_answer" } as const;
    expect(json(askChat().body(call, empty))).toMatchObject({
      choices: [{ finish_reason: "length", message: { content: null } }],
      usage: null,
    });
    expect(json(askAnthropic().body(call, empty))).toMatchObject({ stop_reason: "max_tokens", content: [] });
    expect(json(askResponses().body(call, empty))).toMatchObject({
      status: "incomplete",
      output: [{ content: [{ text: "" }] }],
    });
  });

  test("cut by length before it said anything is no overflow", () => {
    const body = { ...RESPONSE, status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
    expect(() => askResponses().body(callOf("/responses", askResponses().request, JSON.stringify(body)))).not.toThrow();
  });
});

describe("a Responses object", () => {
  test("that an endpoint made is handed on as it came", () => {
    const body =
      '{"object":"response","id":"r","model":"m","x":1.0,"output":[{"type":"message", "y":"\\ud800"}],"status":"completed"}';
    const call = callOf("/responses", askResponses().request, body);
    expect(askResponses().body(call)).toBe(body);
    expect(askResponses().body(call, { model: "fleet" })).toContain('"model":"fleet"');
  });

  test("repeats what the request said", () => {
    const asked = askResponses({
      instructions: "be brief",
      temperature: 0.0,
      metadata: { a: "b" },
      tools: [],
      user: null,
    });
    expect(json(asked.body(chatCall({ content: "a" }, {}, {}, asked.request)))).toMatchObject({
      instructions: "be brief",
      temperature: 0,
      metadata: { a: "b" },
      parallel_tool_calls: true,
      tool_choice: "auto",
      tools: [],
      error: null,
      user: null,
      top_p: null,
    });
  });

  test("has Gym's token fields on its last item, where all three are known", () => {
    const fields = { prompt_token_ids: [1, 2], generation_token_ids: [7, 9], generation_log_probs: [-0.5, -2] };
    const output = json(askResponses().body(captured, { tokenFields: true }))["output"] as JsonObject[];
    expect(output.map((item) => "prompt_token_ids" in item)).toEqual([false, true]);
    expect(output.at(-1)).toMatchObject(fields);
    expect(json(askChat().body(captured, { tokenFields: true }))).toMatchObject({ choices: [{ message: fields }] });
    const partial = chatCall({ content: "a" }, { token_ids: [7] }, { prompt_token_ids: [1] });
    expect(askResponses().body(partial, { tokenFields: true })).not.toContain("token_ids");
    expect(askResponses().body(captured)).not.toContain("token_ids");
  });

  test.each<[string, object]>([
    ["input", {}],
    ["input", { input: 1 }],
    ["input[0]", { input: ["a"] }],
    ["previous_response_id", { input: "a", previous_response_id: "resp_1" }],
    ["conversation", { input: "a", conversation: "c" }],
    ["background", { input: "a", background: true }],
    ["stream", { input: "a", stream: 1 }],
    ["tools", { input: "a", tools: {} }],
    ["tools[0]", { input: "a", tools: ["f"] }],
  ])("%s is named where a request is wrong", (field, body) => {
    let thrown: unknown;
    try {
      servedResponses.read(JSON.stringify(body));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: "invalid_request", context: { fields: [{ field }] } });
  });
});

describe("an Anthropic message", () => {
  test("has the stop sequence that the engine met", () => {
    const asked = askAnthropic({ stop_sequences: ["END"] });
    expect(asked.request.params.get("stop")).toBe('["END"]');
    const call = chatCall({ content: "a" }, { stop_reason: "END" });
    expect(json(asked.body(call))).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: "END" });
    expect(json(askAnthropic().body(call))).toMatchObject({ stop_reason: "end_turn", stop_sequence: null });
  });

  test("counts input from a cache apart", () => {
    const usage = {
      prompt_tokens: 196,
      completion_tokens: 29,
      total_tokens: 225,
      prompt_tokens_details: { cached_tokens: 192 },
    };
    const call = chatCall({ content: "a" }, {}, { usage });
    expect(json(askAnthropic().body(call))["usage"]).toEqual({
      input_tokens: 4,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 192,
      output_tokens: 29,
    });
  });

  test.each(['{"a": 1', "[1]", "null", '"x"'])(
    "arguments that are no object come back as the model wrote them: %s",
    (args) => {
      const tool_calls = [{ id: "c1", type: "function", function: { name: "f", arguments: args } }];
      const answer = json(
        askAnthropic().body(chatCall({ content: null, tool_calls }, { finish_reason: "tool_calls" })),
      );
      expect(answer).toMatchObject({ stop_reason: "tool_use", content: [{ type: "tool_use", id: "c1", name: "f" }] });
      const { request } = askAnthropic({ messages: [USER, { role: "assistant", content: answer["content"] }] });
      expect(json(request.input[1] ?? "")).toMatchObject({ type: "function_call", call_id: "c1", arguments: args });
    },
  );
});
