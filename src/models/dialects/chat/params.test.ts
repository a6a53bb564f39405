import { expect, test } from "vitest";
import { rawMembers } from "../../../core/json/raw.ts";
import { chatParams } from "./params.ts";
import { faultsOf } from "../fault.ts";

const convert = (params: string) => Object.fromEntries(chatParams(rawMembers(params), faultsOf("policy", undefined)));

test("what Chat knows by another name", () => {
  expect(
    convert(String.raw`{"max_output_tokens": 9007199254740993, "reasoning": {"effort": "low"}, "temperature": 0.0,
      "text": {"verbosity": "high", "format": {"type": "json_schema", "name": "n", "schema": {"b": 1.0}, "strict": true}},
      "chat_template_kwargs": {"enable_thinking": false}, "seed": null}`),
  ).toEqual({
    max_tokens: "9007199254740993",
    reasoning_effort: '"low"',
    temperature: "0.0",
    verbosity: '"high"',
    response_format: '{"type":"json_schema","json_schema":{"name":"n","schema":{"b": 1.0},"strict":true}}',
    chat_template_kwargs: '{"enable_thinking": false}',
    seed: "null",
  });
});

test("tools, and the choice among them", () => {
  const tool = '{"type":"function","name":"f","description":"d","parameters":{"x": 1.0},"strict":true}';
  expect(
    convert(`{"tools":[${tool}],"tool_choice":{"type":"function","name":"f"},"parallel_tool_calls":false}`),
  ).toEqual({
    tools: '[{"type":"function","function":{"name":"f","description":"d","parameters":{"x": 1.0}}}]',
    tool_choice: '{"type":"function","function":{"name":"f"}}',
    parallel_tool_calls: "false",
  });
  expect(convert(`{"tools":[${tool}],"tool_choice":"required"}`)).toMatchObject({ tool_choice: '"required"' });
});

test("without tools there is no choice among them, and nulls mean unset", () => {
  expect(
    convert(
      '{"tools":[],"tool_choice":"auto","parallel_tool_calls":true,"max_output_tokens":null,"top_logprobs":null}',
    ),
  ).toEqual({});
  expect(
    convert('{"previous_response_id":null,"prompt":null,"store":false,"metadata":{"a":"b"},"include":[]}'),
  ).toEqual({});
});

test.each(['{"previous_response_id":"resp_1"}', '{"tools":[{"type":"web_search"}]}'])("%s is refused", (params) => {
  expect(() => convert(params)).toThrow(/the Chat API has no/);
});
