import { describe, expect, test } from "vitest";
import { chatMessages } from "./messages.ts";
import { faultsOf } from "../fault.ts";

const convert = (input: readonly string[], params: [string, string][] = []) =>
  chatMessages({ params: new Map(params), input }, faultsOf("policy", undefined));

describe("messages", () => {
  test("of users and systems keep their text as written", () => {
    const message = String.raw`{"role":"user","content":"\ud800\u00e9"}`;
    expect(convert(['{"role":"system","content":"s"}', message])).toEqual(['{"role":"system","content":"s"}', message]);
    const part = String.raw`{"type":"message","role":"user","content":[{"type":"input_text","text":"\u00e9"}],"status":null}`;
    expect(convert([part])).toEqual([String.raw`{"role":"user","content":"\u00e9"}`]);
  });

  test("of several parts keep them apart", () => {
    const image = '{"type":"input_image","image_url":"data:x","detail":"low"}';
    const [message = ""] = convert([
      `{"role":"user","content":[{"type":"input_text","text":"a"},${image},{"type":"input_audio","input_audio":{}}]}`,
    ]);
    expect(JSON.parse(message)).toEqual({
      role: "user",
      content: [
        { type: "text", text: "a" },
        { type: "image_url", image_url: { url: "data:x", detail: "low" } },
        { type: "input_audio", input_audio: {} },
      ],
    });
  });

  test("that have Chat's shape already go through", () => {
    const items = [
      '{"role":"assistant","content":null,"tool_calls":[{"id":"a"}]}',
      '{"role":"tool","tool_call_id":"a","content":"1"}',
    ];
    expect(convert(items)).toEqual(items);
  });
});

test("what the assistant did in a row is one message", () => {
  const items = [
    '{"type":"reasoning","id":"rs","summary":[{"type":"summary_text","text":"s"}],"content":[{"type":"reasoning_text","text":"\\nhm\\n"}]}',
    '{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a\\u0062"},{"type":"refusal","refusal":"c"}]}',
    '{"type":"function_call","call_id":"1","name":"f","arguments":"{\\"n\\":1.0}"}',
    '{"type":"function_call","call_id":"2","name":"g","arguments":""}',
    '{"type":"function_call_output","call_id":"1","output":"x"}',
    '{"type":"function_call_output","call_id":"2","output":[{"type":"input_text","text":"y"}]}',
    '{"role":"assistant","content":""}',
  ];
  expect(convert(items)).toEqual([
    '{"role":"assistant","content":"a\\u0062c","reasoning_content":"\\nhm\\n","reasoning":"\\nhm\\n","tool_calls":[' +
      '{"id":"1","type":"function","function":{"name":"f","arguments":"{\\"n\\":1.0}"}},' +
      '{"id":"2","type":"function","function":{"name":"g","arguments":""}}]}',
    '{"role":"tool","tool_call_id":"1","content":"x"}',
    '{"role":"tool","tool_call_id":"2","content":"y"}',
    '{"role":"assistant","content":""}',
  ]);
});

test("a summary stands for reasoning that has no text, and encrypted reasoning for none", () => {
  const summary =
    '{"type":"reasoning","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}]}';
  expect(convert([summary])).toEqual(['{"role":"assistant","content":null,"reasoning_content":"ab","reasoning":"ab"}']);
  expect(convert(['{"type":"reasoning","summary":[],"encrypted_content":"x"}'])).toEqual([
    '{"role":"assistant","content":null}',
  ]);
});

test("instructions and leading system messages are one system message", () => {
  const items = [
    '{"role":"system","content":"b"}',
    '{"role":"developer","content":[{"type":"input_text","text":"c"}]}',
    '{"role":"user","content":"d"}',
    '{"role":"system","content":"e"}',
  ];
  expect(convert(items, [["instructions", '"a"']])).toEqual([
    '{"role":"system","content":"a\\n\\nb\\n\\nc"}',
    '{"role":"user","content":"d"}',
    '{"role":"system","content":"e"}',
  ]);
  expect(convert(items, [["instructions", "null"]])[0]).toBe('{"role":"system","content":"b"}');
});

test.each([
  '{"type":"web_search_call","id":"ws"}',
  '{"type":"function_call","call_id":"1","name":"f"}',
  '{"role":"user","content":[{"type":"input_file","file_id":"f"},{"type":"input_text","text":"a"}]}',
  '{"role":"user"}',
  '"text"',
])("%s is refused", (item) => {
  expect(() => convert([item])).toThrow(/model rejected/);
});
