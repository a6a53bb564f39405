import { expect, test } from "vitest";
import { joinMembers } from "../../../core/json/raw.ts";
import { servedAnthropic } from "./served.ts";

const read = (body: object) => servedAnthropic.read(JSON.stringify(body));
const USER = { role: "user", content: "hi" };
const TOOL = { name: "f", description: "d", input_schema: { type: "object" } };

test("blocks become items, in their order", () => {
  const { request } = read({
    system: [
      { type: "text", text: "a", cache_control: { type: "ephemeral" } },
      { type: "text", text: "b" },
    ],
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "look" },
          { type: "image", source: { type: "base64", media_type: "image/png", data: "AA==" } },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "redacted_thinking", data: "xyz" },
          { type: "thinking", thinking: "hm", signature: "sig" },
          { type: "text", text: "one" },
          { type: "text", text: "two" },
          { type: "tool_use", id: "t1", name: "f", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          {
            type: "tool_result",
            tool_use_id: "t1",
            content: [
              { type: "text", text: "r" },
              { type: "text", text: "s" },
            ],
          },
          { type: "tool_result", tool_use_id: "t2", is_error: true },
          { type: "text", text: "go on" },
        ],
      },
    ],
  });
  expect(request.params.get("instructions")).toBe('"a\\nb"');
  expect(request.input.map((item) => JSON.parse(item) as unknown)).toEqual([
    {
      role: "user",
      content: [
        { type: "input_text", text: "look" },
        { type: "input_image", image_url: "data:image/png;base64,AA==", detail: "auto" },
      ],
    },
    { type: "reasoning", id: "rs_1_0", summary: [], encrypted_content: "xyz" },
    { type: "reasoning", id: "rs_1_1", summary: [{ type: "summary_text", text: "hm" }], encrypted_content: "sig" },
    {
      type: "message",
      role: "assistant",
      content: [
        { type: "output_text", text: "one" },
        { type: "output_text", text: "two" },
      ],
    },
    { type: "function_call", call_id: "t1", name: "f", arguments: "{}" },
    { type: "function_call_output", call_id: "t1", output: "r\ns" },
    { type: "function_call_output", call_id: "t2", output: "" },
    { role: "user", content: "go on" },
  ]);
});

test("arguments are set as Python sets them, and no number is rendered anew", () => {
  const body =
    '{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{"n":9007199254740993,"l":[0.0,{"é":"a,b"}],"e":{}}}]}]}';
  const [item = "{}"] = servedAnthropic.read(body).request.input;
  expect((JSON.parse(item) as { arguments: string }).arguments).toBe(
    '{"n": 9007199254740993, "l": [0.0, {"é": "a,b"}], "e": {}}',
  );
});

test("params in the words of Responses", () => {
  const { request, model, stream } = read({
    model: "m",
    stream: true,
    max_tokens: 5,
    temperature: 0.5,
    top_k: 3,
    stop_sequences: ["x"],
    tools: [TOOL],
    tool_choice: { type: "tool", name: "f", disable_parallel_tool_use: true },
    output_config: { effort: "low", format: { type: "json_schema", schema: { type: "object" } } },
    thinking: { type: "enabled", budget_tokens: 9 },
    metadata: { user_id: "u" },
    messages: [USER],
  });
  expect([model, stream]).toEqual(["m", true]);
  expect(JSON.parse(joinMembers(request.params))).toEqual({
    max_output_tokens: 5,
    temperature: 0.5,
    top_k: 3,
    stop: ["x"],
    tools: [{ type: "function", name: "f", description: "d", parameters: { type: "object" }, strict: false }],
    tool_choice: { type: "function", name: "f" },
    parallel_tool_calls: false,
    reasoning: { effort: "low" },
    text: { format: { type: "json_schema", name: "answer", schema: { type: "object" }, strict: true } },
  });
});

test.each([
  ["auto", '"auto"'],
  ["none", '"none"'],
  ["any", '"required"'],
])("tool_choice %s", (type, choice) => {
  expect(read({ messages: [USER], tools: [TOOL], tool_choice: { type } }).request.params.get("tool_choice")).toBe(
    choice,
  );
});

const block = (content: object, role = "user") => ({ messages: [{ role, content: [content] }] });

test.each<[string, object]>([
  ["messages", {}],
  ["messages[0].role", { messages: [{ role: "tool", content: "" }] }],
  ["messages[0].content", { messages: [{ role: "user" }] }],
  ["messages[0].content[0].type", block({ type: "document" })],
  ["messages[0].content[0].source.type", block({ type: "image", source: { type: "file" } })],
  ["messages[0].content[0].tool_use_id", block({ type: "tool_result" })],
  [
    "messages[0].content[0].content[0].type",
    block({ type: "tool_result", tool_use_id: "t", content: [{ type: "x" }] }),
  ],
  ["messages[0].content[0].input", block({ type: "tool_use", id: "t", name: "f", input: "{}" }, "assistant")],
  ["messages[0].content[0].type", block({ type: "server_tool_use" }, "assistant")],
  ["system[0].type", { messages: [USER], system: [{ type: "image" }] }],
  ["tools[0].type", { messages: [USER], tools: [{ type: "bash_20250124", name: "bash" }] }],
  ["tools[0].input_schema", { messages: [USER], tools: [{ name: "f" }] }],
  ["tool_choice.type", { messages: [USER], tool_choice: { type: "some" } }],
  ["stop_sequences", { messages: [USER], stop_sequences: "x" }],
])("%s is named where it is wrong", (field, body) => {
  let thrown: unknown;
  try {
    read(body);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: "invalid_request", context: { fields: [{ field }] } });
});
