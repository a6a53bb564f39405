import { expect, test } from "vitest";
import type { JsonObject } from "../core/json/parse.ts";
import { openConversation } from "./conversation.ts";

const start = (params: string, sampling = "{}") => {
  const raw = `{"responses_create_params": ${params}}`;
  return openConversation({ row: { raw, value: JSON.parse(raw) as JsonObject }, sampling });
};

test("sampling replaces whole members, and only those that are its own", () => {
  const sampling =
    '{"reasoning": {"effort": "low"}, "top_p": 0.0, "input": "x", "tools": [], "model": "x", "stream": true}';
  const { params, input } = start(
    '{"input": "a", "reasoning": {"summary": "auto"}, "user": null, "tools": [{"type":"x"}]}',
    sampling,
  );
  expect(Object.fromEntries(params)).toEqual({
    reasoning: '{"effort": "low"}',
    user: "null",
    tools: '[{"type":"x"}]',
    top_p: "0.0",
  });
  expect(input).toEqual(['{"role":"user","content":"a"}']);
});

test("nulls that servers refuse are left out, unless sampling sets them", () => {
  const nulls = '{"input": [], "tools": null, "tool_choice": null, "parallel_tool_calls": null}';
  expect([...start(nulls).params]).toEqual([]);
  expect([...start(nulls, '{"tool_choice": "none"}').params]).toEqual([["tool_choice", '"none"']]);
});

test("only function tools can be called", () => {
  const tools = '[{"type":"function","name":"f"},{"type":"web_search","name":"w"},{"type":"function"}]';
  expect([...start(`{"input": [], "tools": ${tools}}`).tools]).toEqual(["f"]);
});

test.each(["null", "{}", '{"input": 5}', '{"input": ["text"]}'])("%s is refused", (params) => {
  expect(() => start(params)).toThrow(/invalid row.*responses_create_params/);
});

test.each(["", "[]", "null"])("sampling %j is refused", (sampling) => {
  expect(() => start('{"input": "a"}', sampling)).toThrow(/invalid (?:json|request)/);
});
