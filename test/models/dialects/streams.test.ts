import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type JsonObject, parseJson } from "../../../src/core/json/parse.ts";
import { servedChat, servedResponses, streamedChat, streamedResponse } from "../../../src/models/dialects/index.ts";
import type { StreamedAnswer } from "../../../src/models/dialects/streamed-answer.ts";
import { callOf, chatCall, fault } from "./support.ts";

const DATA = fileURLToPath(new URL("../../../../shared/data/vllm/", import.meta.url));
const present = existsSync(DATA);
const reason = present ? "" : " (skipped: ../shared/data/vllm is missing)";
const REQUEST = { params: new Map<string, string>(), input: [] };

const recorded = (name: string) =>
  Buffer.from(
    (JSON.parse(readFileSync(`${DATA}${name}.json`, "utf8")) as { response: { body: string } }).response.body,
  );

function assemble(streamed: StreamedAnswer, ...pieces: readonly Uint8Array[]): string {
  for (const piece of pieces) streamed.push(piece);
  return streamed.end();
}

/** The stream cut in two at each byte, and into single bytes, is the same answer. `step` passes over borders of long streams. */
function expectSameAtEveryBorder(make: () => StreamedAnswer, stream: Buffer, step = 1): string {
  const whole = assemble(make(), stream);
  for (let at = 0; at <= stream.length; at += step) {
    const cut = assemble(make(), stream.subarray(0, at), stream.subarray(at));
    if (cut !== whole) expect(cut, `cut at byte ${at}`).toBe(whole);
  }
  expect(assemble(make(), ...Array.from(stream, (_, at) => stream.subarray(at, at + 1)))).toBe(whole);
  return whole;
}

/** An answer with everything in it that can stand in one, of characters that take several bytes. */
const FULL = chatCall(
  {
    content: "añ€😀\r\n\u2028 data: [DONE]\n\n",
    reasoning: "hm 😀",
    tool_calls: [
      { id: "c1", type: "function", function: { name: "f", arguments: '{"a": "ü"}' } },
      { id: "c2", type: "function", function: { name: "g", arguments: "" } },
    ],
  },
  {
    finish_reason: "tool_calls",
    token_ids: [3, 4],
    logprobs: {
      content: [
        { token: "a", logprob: -0.5 },
        { token: "b", logprob: -1e-7 },
      ],
    },
  },
  { prompt_token_ids: [1, 2] },
);
const WANTED = { messages: [], logprobs: true, return_token_ids: true, return_tokens_as_token_ids: true };
const askChat = (more: object = {}) => servedChat.read(JSON.stringify({ ...WANTED, stream: true, ...more }));

describe("our own Chat stream", () => {
  const asked = askChat({ stream_options: { include_usage: true } });
  const stream = Buffer.from(asked.events(FULL));

  test("is the same answer again, however its bytes are cut", () => {
    const body = expectSameAtEveryBorder(() => streamedChat(fault), stream);
    const again = callOf("/chat/completions", REQUEST, body);
    const { request: _, response: _body, ...before } = FULL;
    expect(again).toMatchObject(before);
  });

  test("with other ends of lines and comments between events", () => {
    const whole = assemble(streamedChat(fault), stream);
    const lines = stream.toString().replaceAll("\n\n", "\n\n: keep-alive\n\n");
    for (const end of ["\r\n", "\r"]) {
      expect(assemble(streamedChat(fault), Buffer.from(lines.replaceAll("\n", end) + end))).toBe(whole);
    }
  });

  test("cut short anywhere is no answer", () => {
    const end = stream.lastIndexOf("data: [DONE]") + "data: [DONE]\n".length;
    for (let at = 0; at < end; at++) {
      expect(() => assemble(streamedChat(fault), stream.subarray(0, at))).toThrow(/model unreachable|not valid UTF-8/);
    }
  });
});

describe("our own Responses stream", () => {
  const asked = servedResponses.read('{"input":"hi","stream":true}');

  test.each([false, true])("is the same answer again, however its bytes are cut (whole items: %s)", (wholeItems) => {
    const settings = { tokenFields: true, wholeItems };
    const body = expectSameAtEveryBorder(() => streamedResponse(fault), Buffer.from(asked.events(FULL, settings)));
    expect(body).toBe(asked.body(FULL, settings));
  });

  test("cut before its last event is no answer", () => {
    const stream = asked.events(FULL);
    const cut = stream.slice(0, stream.lastIndexOf("event: "));
    expect(() => assemble(streamedResponse(fault), Buffer.from(cut))).toThrow(
      /model unreachable.*broke off after \d+ events/,
    );
  });

  test("with raw JSON of several lines in it", () => {
    const body = '{\n"object":"response",\r\n"id":"r","model":"m","output":[],"status":"completed"}';
    const stream = asked.events(callOf("/responses", REQUEST, body));
    expect(parseJson(assemble(streamedResponse(fault), Buffer.from(stream)))).toEqual(parseJson(body));
  });
});

const chunk = (choice: object | null, more: object = {}) =>
  `data: ${JSON.stringify({ id: "c", choices: choice ? [{ index: 0, ...choice }] : [], ...more })}\n\n`;
const SAID = chunk({ delta: { content: "a" } });
const ENDED = chunk({ delta: {}, finish_reason: "stop" });
const DONE = "data: [DONE]\n\n";
const usage = (total: number) => chunk(null, { usage: { prompt_tokens: 1, total_tokens: total } });
const chat = (...parts: readonly string[]) =>
  parseJson(assemble(streamedChat(fault), Buffer.from(parts.join("")))) as JsonObject;

describe("a Chat stream that is broken", () => {
  test.each<[string, RegExp, string[]]>([
    ["has no end", /model unreachable.*broke off after 2 chunks/, [SAID, ENDED]],
    ["is empty", /model unreachable/, []],
    ["ends within an event", /model unreachable/, [SAID, ENDED, "data: [DO"]],
    ["does not say why it ends", /no finish_reason/, [SAID, DONE]],
    [
      "sends an error",
      /model server error.*engine died/,
      [SAID, 'data: {"error":{"message":"engine died","code":500}}\n\n', DONE],
    ],
    ["goes on after its end", /goes on after \[DONE\]/, [SAID, ENDED, DONE, SAID]],
    ["says more after its finish_reason", /goes on after its finish_reason/, [SAID, ENDED, SAID, DONE]],
    [
      "is joined from two answers",
      /its id changes/,
      [SAID, chunk({ delta: { content: "b" } }, { id: "d" }), ENDED, DONE],
    ],
    ["counts its usage twice", /counts its usage twice/, [SAID, ENDED, usage(3), usage(6), DONE]],
    ["has two choices", /more than one choice/, [SAID, chunk({ index: 1, delta: {} }), ENDED, DONE]],
    [
      "has another prompt in the middle",
      /prompt_token_ids changes/,
      [chunk({}, { prompt_token_ids: [1] }), chunk({}, { prompt_token_ids: [2] }), DONE],
    ],
    ["has a chunk that is no JSON", /no JSON object/, ["data: {oops\n\n"]],
    ["has a chunk without choices", /no choices/, ['data: {"id":"c"}\n\n']],
    [
      "changes the id of a call",
      /the id of a tool call changes/,
      ["1", "2"].map((id) => chunk({ delta: { tool_calls: [{ index: 0, id }] } })),
    ],
    ["never names a call", /has no name/, [chunk({ delta: { tool_calls: [{ index: 0, id: "1" }] } }), ENDED, DONE]],
  ])("%s", (_what, problem, parts) => {
    expect(() => chat(...parts)).toThrow(problem);
  });

  test("is aborted by the engine", () => {
    const body = assemble(streamedChat(fault), Buffer.from(SAID + chunk({ delta: {}, finish_reason: "abort" }) + DONE));
    expect(() => callOf("/chat/completions", REQUEST, body)).toThrow(/model aborted/);
  });

  test("has bytes that are no text", () => {
    expect(() => assemble(streamedChat(fault), Buffer.from([0x64, 0xff]))).toThrow(/not valid UTF-8/);
    expect(() => assemble(streamedChat(fault), Buffer.from([0xe2, 0x82]))).toThrow(/not valid UTF-8/);
  });
});

describe("a Chat stream of another server", () => {
  test("that counts in every chunk, and repeats the total", () => {
    const counted = (tokens: number) => ({ usage: { prompt_tokens: 1, completion_tokens: tokens } });
    const answer = chat(
      chunk({ delta: { content: "a" } }, counted(1)),
      chunk({ finish_reason: "stop" }, counted(2)),
      DONE,
    );
    expect(answer).toMatchObject(counted(2));
    expect(chat(SAID, ENDED, usage(3), usage(3), DONE)).toMatchObject({ usage: { total_tokens: 3 } });
  });

  test("that cuts a surrogate pair and a call's arguments in two", () => {
    const halves = ["\\ud83d", "\\ude00"].map((half) => `data: {"choices":[{"delta":{"content":"${half}"}}]}\n\n`);
    const call = (id: string, args: string) =>
      chunk({ delta: { tool_calls: [{ index: 0, id, function: { name: id && "f", arguments: args } }] } });
    expect(chat(...halves, call("1", '{"a"'), call("", ": 1}"), ENDED, DONE)).toMatchObject({
      choices: [
        { message: { content: "😀", tool_calls: [{ id: "1", function: { name: "f", arguments: '{"a": 1}' } }] } },
      ],
    });
  });
});

describe.skipIf(!present)(`recorded vLLM streams${reason}`, () => {
  test.each(["chat_stream_token_ids", "chat_tool_call_stream", "trained_chat_tool_stream"])("%s", (name) => {
    const body = expectSameAtEveryBorder(() => streamedChat(fault), recorded(name), 7);
    const call = callOf("/chat/completions", REQUEST, body);
    expect(call.tokens.promptTokenIds?.length).toBe(call.usage?.input_tokens ?? call.tokens.promptTokenIds?.length);
    expect(call.tokens.generationTokenIds?.length).toBeGreaterThan(0);
    if (call.usage) expect(call.tokens.generationTokenIds).toHaveLength(call.usage.output_tokens);
    if (name !== "chat_tool_call_stream") {
      expect(call.tokens.generationLogProbs).toHaveLength(call.tokens.generationTokenIds?.length ?? -1);
    }
    expect(call.items.length).toBeGreaterThan(0);
  });

  test("the streamed answer is the unstreamed one of the same prompt", () => {
    const streamed = callOf(
      "/chat/completions",
      REQUEST,
      assemble(streamedChat(fault), recorded("trained_chat_tool_stream")),
    );
    const { response } = JSON.parse(readFileSync(`${DATA}trained_chat_turn1.json`, "utf8")) as {
      response: { body: unknown };
    };
    const whole = callOf("/chat/completions", REQUEST, JSON.stringify(response.body));
    expect(streamed.tokens.promptTokenIds).toEqual(whole.tokens.promptTokenIds);
    expect(streamed.tokens.generationTokenIds).toEqual(whole.tokens.generationTokenIds);
    const said = (call: typeof whole) => call.answer.output.map((item) => ({ ...item, id: "", call_id: "" }));
    expect(said(streamed)).toEqual(said(whole));
    expect(streamed).toMatchObject({
      finishReason: whole.finishReason,
      usage: { output_tokens: whole.usage?.output_tokens },
    });
  });

  test.each(["responses_stream", "trained_responses_tool_stream"])("%s", (name) => {
    const body = expectSameAtEveryBorder(() => streamedResponse(fault), recorded(name));
    expect(callOf("/responses", REQUEST, body).items.length).toBeGreaterThan(0);
  });

  test("an engine that died in the middle", () => {
    expect(() => assemble(streamedChat(fault), recorded("engine_dead_inflight_stream"))).toThrow(
      /model server error.*EngineCore encountered an issue/,
    );
  });
});
