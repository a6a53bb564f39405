import fc from "fast-check";
import { expect, test } from "vitest";
import { faultsOf } from "../fault.ts";
import { itemsOfMessages } from "./items.ts";
import { chatMessages } from "./messages.ts";
import { chatParams } from "./params.ts";
import { responsesParams } from "./responses-params.ts";

const fault = faultsOf("m", undefined);

/** Any text, lone surrogates and escapes included. */
const text = fc.string({
  unit: fc.oneof(fc.string({ unit: "binary", maxLength: 1 }), fc.constantFrom("\ud800", '"', "\\", "\n")),
});
const part = fc.oneof(
  text.map((value) => ({ type: "text", text: value })),
  text.map((url) => ({ type: "image_url", image_url: { url, detail: "low" } })),
);
// A single text part becomes a plain string, which says the same.
const content = fc.oneof(text, fc.array(part, { minLength: 2, maxLength: 4 }));
const user = fc.record({ role: fc.constantFrom("user", "system", "developer"), content });
const call = fc.record({
  id: text,
  type: fc.constant("function"),
  function: fc.record({ name: text, arguments: text }),
});
const assistant = fc
  .record({
    content: fc.option(text),
    reasoning: fc.option(text.filter((value) => value !== "")),
    calls: fc.array(call, { maxLength: 3 }),
  })
  .map(({ content: said, reasoning, calls }) => ({
    role: "assistant",
    content: said,
    ...(reasoning === null ? {} : { reasoning_content: reasoning, reasoning }),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }));
const tool = fc.record({ role: fc.constant("tool"), tool_call_id: text, content });
const raw = (value: unknown) => JSON.stringify(value);
const conversation = fc
  .array(fc.tuple(fc.oneof(user, tool), fc.option(assistant)), { maxLength: 5 })
  .map((turns) => turns.flatMap(([asked, answered]) => (answered === null ? [asked] : [asked, answered])));

test("Chat messages come back from items as they were, ids and all", () => {
  fc.assert(
    fc.property(conversation, (messages) => {
      const input = itemsOfMessages(messages.map(raw));
      const back = chatMessages({ params: new Map(), input }, fault).map((raw) => JSON.parse(raw) as unknown);
      expect(back).toEqual(messages);
    }),
    { numRuns: 500 },
  );
});

test("a conversation that only grows has items that only grow", () => {
  fc.assert(
    fc.property(conversation, assistant, (messages, next) => {
      const items = itemsOfMessages(messages.map(raw));
      expect(itemsOfMessages([...messages, next].map(raw)).slice(0, items.length)).toEqual(items);
    }),
  );
});

const tools = fc.array(fc.record({ name: text, description: text, parameters: fc.constant({ type: "object" }) }), {
  minLength: 1,
});
const params = fc
  .record(
    {
      temperature: fc.constantFrom("0.0", "1", "1e-3"),
      max_output_tokens: fc.nat().map(raw),
      reasoning: fc.constantFrom("low", "high").map((effort) => raw({ effort })),
      text: text.map((name) => raw({ format: { type: "json_schema", name, schema: {} }, verbosity: "low" })),
      tools: tools.map((all) => raw(all.map((one) => ({ type: "function", ...one })))),
      chat_template_kwargs: fc.constant('{"enable_thinking":false}'),
    },
    { requiredKeys: [] },
  )
  .map((members) => new Map(Object.entries(members)));

test("params come back from Chat as they were", () => {
  fc.assert(
    fc.property(params, (given) => {
      const back = responsesParams(chatParams(given, fault));
      expect(Object.fromEntries(back)).toEqual(Object.fromEntries(given));
    }),
  );
});
