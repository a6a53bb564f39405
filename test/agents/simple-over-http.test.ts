import { afterEach, expect, test } from "vitest";
import { createSimpleAgent } from "../../src/agents/index.ts";
import { rootContext } from "../../src/core/context.ts";
import { rawElements, rawMembers } from "../../src/core/json/raw.ts";
import { createOpenAiClient, openSession } from "../../src/models/index.ts";
import { type ScriptedEndpoint, sendJson, startEndpoint } from "../models/scripted-endpoint.ts";
import { memoryResource, rowOf } from "./memory-resource.ts";

const CALLER = { session: "rollout-1", group: null };

let endpoint: ScriptedEndpoint | undefined;

afterEach(async () => {
  await endpoint?.stop();
  endpoint = undefined;
});

/** Key order, spacing, numbers and escapes that a careless copy would change. */
const ITEMS = String.raw`[{"role": "user", "content": "\ud800 caf\u00e9"}, {"content":"x","role":"user"}]`;
const TOOL = String.raw`{"name":"f","type":"function","parameters":{"z":9007199254740993,"a":0.0,"n":null}}`;
const ROW = String.raw`{"verifier_metadata":{"seed":9007199254740993}, "responses_create_params": {"top_p": 0.0, "input": ${ITEMS},
  "user": null, "tools": [${TOOL}], "tool_choice": null, "parallel_tool_calls": null, "temperature": 1e2, "stream": true}}`;
const CALL = String.raw`{"arguments":"{\"n\":9007199254740993}","type":"function_call","name":"f","call_id":"c\u0031","extra":0.0,"none":null}`;

test("a row, the sampling and earlier turns arrive unchanged at the endpoint", async () => {
  const answer = (item: string) => `{"id":"r","object":"response","model":"m","status":"completed","output":[${item}]}`;
  const last = '{"type":"message","role":"assistant","content":"done"}';
  endpoint = await startEndpoint((_request, response, count) =>
    sendJson(response, 200, answer(count === 1 ? CALL : last)),
  );
  const resource = memoryResource({ f: () => '\ud800 {"n": 1.0}\u0000' });
  const model = createOpenAiClient({ name: "policy", url: endpoint.url, model: "m" });
  const task = { row: rowOf(ROW), sampling: ' {"temperature": 0.0, "tools": [], "seed": 9007199254740993} ' };
  const run = await createSimpleAgent().run(
    rootContext(),
    task,
    { resource, token: "s" },
    openSession(model, CALLER),
    {},
  );
  await model.close();

  expect(resource.calls).toEqual([{ tool: "f", rawArguments: '{"n":9007199254740993}' }]);
  const [first, second] = endpoint.seen.map((request) => rawMembers(request.body));
  const result = String.raw`{"type":"function_call_output","call_id":"c\u0031","output":"\ud800 {\"n\": 1.0}\u0000"}`;
  expect(rawElements(first?.get("input") ?? "[]")).toEqual(rawElements(ITEMS));
  expect(rawElements(second?.get("input") ?? "[]")).toEqual([...rawElements(ITEMS), CALL, result]);
  for (const sent of [first, second]) {
    expect(Object.fromEntries(sent ?? [])).toMatchObject({
      model: '"m"',
      top_p: "0.0",
      user: "null",
      temperature: "0.0",
      seed: "9007199254740993",
      tools: `[${TOOL}]`,
      stream: "false",
    });
    expect([sent?.has("tool_choice"), sent?.has("parallel_tool_calls")]).toEqual([false, false]);
  }
  expect(run.items).toEqual([CALL, result, last]);
});

test("over chat, parallel calls of one turn become one message", async () => {
  const toolCalls = ["a", "b"].map((id) => ({
    id,
    type: "function",
    function: { name: "f", arguments: `{"id":"${id}"}` },
  }));
  endpoint = await startEndpoint((_request, response, count) => {
    const message = count === 1 ? { content: null, reasoning: "\nhm\n", tool_calls: toolCalls } : { content: "done" };
    sendJson(response, 200, {
      id: `c${count}`,
      choices: [{ message, finish_reason: count === 1 ? "tool_calls" : "stop" }],
    });
  });
  const resource = memoryResource({ f: (args) => args });
  const model = createOpenAiClient({ name: "policy", url: endpoint.url, model: "m", api: "chat" });
  const run = await createSimpleAgent().run(
    rootContext(),
    { row: rowOf(ROW), sampling: "{}" },
    { resource, token: "s" },
    openSession(model, CALLER),
    {},
  );
  await model.close();
  expect(run.truncatedBy).toBeNull();
  const { messages } = JSON.parse(endpoint.seen[1]?.body ?? "") as { messages: unknown[] };
  expect(messages.slice(2)).toEqual([
    { role: "assistant", content: null, reasoning_content: "\nhm\n", reasoning: "\nhm\n", tool_calls: toolCalls },
    { role: "tool", tool_call_id: "a", content: '{"id":"a"}' },
    { role: "tool", tool_call_id: "b", content: '{"id":"b"}' },
  ]);
});
