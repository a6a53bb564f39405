import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type JsonObject, parseJson } from "../../../src/core/json/parse.ts";
import { servedAnthropic, servedResponses } from "../../../src/models/dialects/index.ts";
import { callOf, sentUpstream } from "./support.ts";

/*
 * The same prompt was put to one vLLM server in its three dialects, at temperature 0. What it answered by Chat, answered here in
 * another dialect, is what it answered in that one itself.
 */
const DATA = fileURLToPath(new URL("../../../../shared/data/vllm/", import.meta.url));
const present = existsSync(DATA);
const reason = present ? "" : " (skipped: ../shared/data/vllm is missing)";

interface Recording {
  readonly request: { readonly body: JsonObject };
  readonly response: { readonly body: JsonObject };
}

const recording = (name: string) => JSON.parse(readFileSync(`${DATA}${name}.json`, "utf8")) as Recording;

describe.skipIf(!present)(`as vLLM itself answers${reason}`, () => {
  const chat = present ? recording("trained_chat_turn1") : null;
  const answered = JSON.stringify(chat?.response.body);

  test("an Anthropic message", () => {
    const { request, response } = recording("trained_anthropic_tool_use");
    const asked = servedAnthropic.read(JSON.stringify(request.body));
    const sent = sentUpstream("/chat/completions", asked.request) as JsonObject;
    expect(sent).toMatchObject({ tools: chat?.request.body["tools"], messages: chat?.request.body["messages"] });
    const ours = parseJson(asked.body(callOf("/chat/completions", asked.request, answered))) as JsonObject;
    expect(Object.keys(ours)).toEqual(expect.arrayContaining(Object.keys(response.body)));
    const said = ({ stop_reason, content }: JsonObject) => ({
      stop_reason,
      // Ids and signatures are random there.
      content: (content as JsonObject[]).map((block) => ({ ...block, id: "", signature: "" })),
    });
    expect(said(ours)).toEqual(said(response.body));
    expect(inputTokens(ours)).toBe(inputTokens(response.body));
  });

  test("a Responses object", () => {
    const { request, response } = recording("trained_responses_tool_call");
    const asked = servedResponses.read(JSON.stringify(request.body));
    const ours = parseJson(asked.body(callOf("/chat/completions", asked.request, answered))) as JsonObject;
    const said = ({ status, output }: JsonObject) => [
      status,
      ...(output as JsonObject[]).map((item) => {
        const parts = [item["summary"], item["content"]].filter(Array.isArray).flat() as JsonObject[];
        return {
          type: item["type"],
          name: item["name"],
          arguments: item["arguments"],
          texts: parts.map(({ text }) => text),
        };
      }),
    ];
    expect(said(ours)).toEqual(said(response.body));
    expect(Object.keys(ours)).toEqual(
      expect.arrayContaining(["id", "created_at", "model", "object", "output", "tools"]),
    );
  });
});

/** However much of it a cache had. */
function inputTokens({ usage }: JsonObject): number {
  const counts = usage as Record<string, number | null>;
  return ["input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"].reduce(
    (sum, key) => sum + (counts[key] ?? 0),
    0,
  );
}
