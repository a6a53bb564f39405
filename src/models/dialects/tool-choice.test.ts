import { describe, expect, it } from "vitest";
import { servedAnthropic, servedChat, servedResponses } from "./index.ts";

const messages = [{ role: "user", content: "hi" }];
const schema = { type: "object" };
const dialects = [
  {
    dialect: servedResponses,
    body: { input: "hi" },
    choices: ["required", { type: "function", name: "add" }],
    tools: [{ type: "function", name: "add", parameters: schema }],
  },
  {
    dialect: servedChat,
    body: { messages },
    choices: ["required", { type: "function", function: { name: "add" } }],
    tools: [{ type: "function", function: { name: "add", parameters: schema } }],
  },
  {
    dialect: servedAnthropic,
    body: { messages, max_tokens: 9 },
    choices: [{ type: "any" }, { type: "tool", name: "add" }],
    tools: [{ name: "add", input_schema: schema }],
  },
];

describe.each(dialects)("a choice of tools on $dialect.route", ({ dialect, body, choices, tools }) => {
  const read = (more: object) => dialect.read(JSON.stringify({ ...body, ...more }));

  it("that wants a call is refused where there is nothing to call", () => {
    for (const tool_choice of choices)
      for (const none of [{}, { tools: [] }, { tools: null }])
        expect(() => read({ tool_choice, ...none })).toThrow(/tool_choice: wants a tool to be called/);
  });

  it("is taken beside tools", () => {
    for (const tool_choice of choices)
      expect(read({ tool_choice, tools }).request.params.has("tool_choice")).toBe(true);
  });
});

it.each(["auto", "none"])("%s needs no tools", (tool_choice) => {
  expect(() => servedResponses.read(JSON.stringify({ input: "hi", tool_choice }))).not.toThrow();
  expect(() => servedChat.read(JSON.stringify({ messages, tool_choice }))).not.toThrow();
});
