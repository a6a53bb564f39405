import { describe, expect, test } from "vitest";
import { joinMembers } from "../../../core/json/raw.ts";
import { faultsOf } from "../fault.ts";
import { withSampling } from "../index.ts";
import { itemsOfMessages } from "./items.ts";
import { servedChat } from "./served.ts";
import { chatDialect } from "./upstream.ts";

const settings = { model: "up", tokens: false, extra: new Map<string, string>(), fault: faultsOf("m", undefined) };
const read = (body: object) => servedChat.read(JSON.stringify(body));
const USER = { role: "user", content: "hi" };

describe("a request on its way to an endpoint that speaks Chat", () => {
  const messages =
    '[{"role":"system","name":"s","content":"a\\u0062\\ud800"},{"content":null , "role":"assistant","tool_calls":[{"id":"c","type":"function",' +
    '"function":{"arguments":"{ \\"n\\": 9007199254740993, \\"z\\":0.0}","name":"f"}}]},{"role":"tool","tool_call_id":"c","content":""}]';

  test("goes out byte for byte, but for the blanks between messages, the model and how to answer", () => {
    const tools = '[{"type":"function","function":{"strict":true,"name":"f"}}]';
    const { request, model, stream } = servedChat.read(
      `{"messages":${messages.replace("},{", "},\n {")},"tools":${tools},"seed":1.0,"max_completion_tokens":4,"model":"fleet","stream":true,"stream_options":null}`,
    );
    expect([model, stream]).toEqual(["fleet", true]);
    expect(chatDialect.compose(request, settings)()).toBe(
      `{"model":"up","tools":${tools},"seed":1.0,"max_completion_tokens":4,"messages":${messages},"stream":false}`,
    );
  });

  test("has the job's sampling in place of its own, in both of its forms", () => {
    const { request } = read({ messages: [USER], temperature: 1, max_completion_tokens: 4, seed: 3 });
    const forced = withSampling(
      request,
      new Map([
        ["temperature", "0.5"],
        ["max_output_tokens", "9"],
        ["reasoning", '{"effort":"low"}'],
      ]),
    );
    expect(JSON.parse(chatDialect.compose(forced, settings)())).toEqual({
      model: "up",
      messages: [USER],
      temperature: 0.5,
      max_tokens: 9,
      reasoning_effort: "low",
      seed: 3,
      stream: false,
    });
    expect(Object.fromEntries(forced.params)).toEqual({
      temperature: "0.5",
      max_output_tokens: "9",
      reasoning: '{"effort":"low"}',
      seed: "3",
    });
  });

  test("asks for tokens whatever it says about them", () => {
    const { request } = read({ messages: [USER], logprobs: false, top_logprobs: null, return_token_ids: false });
    expect(JSON.parse(chatDialect.compose(request, { ...settings, tokens: true })())).toMatchObject({
      logprobs: true,
      top_logprobs: 0,
      return_token_ids: true,
      return_tokens_as_token_ids: true,
    });
  });
});

test("what it says in the words of Responses", () => {
  const { request } = read({
    messages: [
      { role: "developer", content: "d" },
      {
        role: "user",
        content: [
          { type: "text", text: "look" },
          { type: "image_url", image_url: { url: "data:," } },
          { type: "file", file: { file_id: "f" } },
        ],
      },
      {
        role: "assistant",
        content: "so",
        reasoning: "hm",
        reasoning_content: "",
        tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: "{}" } }],
        prompt_token_ids: [1],
        generation_token_ids: [2],
        generation_log_probs: [-1],
      },
      { role: "tool", tool_call_id: "c1", content: [{ type: "text", text: "r" }] },
      { role: "assistant", content: "" },
      { role: "assistant", content: null },
    ],
    response_format: { type: "json_schema", json_schema: { name: "n", schema: {} } },
    reasoning_effort: "high",
    tools: [{ type: "function", function: { name: "f", parameters: {} } }],
    tool_choice: { type: "function", function: { name: "f" } },
    logprobs: true,
    top_logprobs: 2,
  });
  expect(itemsOfMessages(request.chat?.messages ?? []).map((item) => JSON.parse(item) as unknown)).toEqual([
    { role: "developer", content: "d" },
    {
      role: "user",
      content: [
        { type: "input_text", text: "look" },
        { type: "input_image", image_url: "data:,", detail: "auto" },
        { type: "input_file", file_id: "f" },
      ],
    },
    { type: "reasoning", id: "rs_2", summary: [{ type: "summary_text", text: "hm" }] },
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "so" }] },
    {
      type: "function_call",
      call_id: "c1",
      name: "f",
      arguments: "{}",
      prompt_token_ids: [1],
      generation_token_ids: [2],
      generation_log_probs: [-1],
    },
    { type: "function_call_output", call_id: "c1", output: [{ type: "input_text", text: "r" }] },
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "" }] },
    { type: "message", role: "assistant", content: [] },
  ]);
  expect(JSON.parse(joinMembers(request.params))).toEqual({
    text: { format: { type: "json_schema", name: "n", schema: {} } },
    reasoning: { effort: "high" },
    tools: [{ type: "function", name: "f", parameters: {} }],
    tool_choice: { type: "function", name: "f" },
    include: ["message.output_text.logprobs"],
    top_logprobs: 2,
  });
});

const call = { id: "c", type: "function", function: { name: "f", arguments: "{}" } };

test.each<[string, object]>([
  ["", []],
  ["messages", {}],
  ["messages", { messages: "hi" }],
  ["messages[0]", { messages: ["hi"] }],
  ["messages[1].role", { messages: [USER, { role: "function", content: "" }] }],
  ["messages[0].role", { messages: [{ content: "hi" }] }],
  ["messages[0].content", { messages: [{ role: "user" }] }],
  ["messages[0].content", { messages: [{ role: "assistant", content: 1 }] }],
  ["messages[0].content[0].type", { messages: [{ role: "user", content: [{ type: "x" }] }] }],
  [
    "messages[0].content[0].image_url.url",
    { messages: [{ role: "user", content: [{ type: "image_url", image_url: {} }] }] },
  ],
  ["messages[0].tool_call_id", { messages: [{ role: "tool", content: "" }] }],
  ["messages[0].tool_calls[0].id", { messages: [{ role: "assistant", tool_calls: [{ ...call, id: null }] }] }],
  [
    "messages[0].tool_calls[0].function.arguments",
    { messages: [{ role: "assistant", tool_calls: [{ ...call, function: { name: "f", arguments: {} } }] }] },
  ],
  ["messages[0].function_call", { messages: [{ role: "assistant", function_call: {} }] }],
  ["stream", { messages: [USER], stream: "yes" }],
  ["n", { messages: [USER], n: 2 }],
  ["model", { messages: [USER], model: 1 }],
  ["functions", { messages: [USER], functions: [] }],
  ["tools[0].type", { messages: [USER], tools: [{ type: "custom" }] }],
  ["tools[0].function", { messages: [USER], tools: [{ type: "function" }] }],
  ["stream_options", { messages: [USER], stream: true, stream_options: 1 }],
])("%s is named where it is wrong", (field, body) => {
  let thrown: unknown;
  try {
    read(body);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: "invalid_request", context: { fields: [{ field }] } });
});
