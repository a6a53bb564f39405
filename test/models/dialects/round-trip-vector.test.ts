import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/core/json/parse.ts";
import { chatMessages } from "../../../src/models/dialects/chat/messages.ts";
import { fault } from "./support.ts";

const PATH = fileURLToPath(
  new URL("../../../../shared/data/gym/vllm_model/round_trip_test_data.json", import.meta.url),
);
const present = existsSync(PATH);
const reason = present ? "" : " (skipped: ../shared/data/gym/vllm_model is missing)";

interface Vector {
  readonly input: { readonly output: readonly JsonObject[] };
  readonly expected_output: { readonly messages: readonly JsonObject[] };
  readonly expected_output_return_token_id_information: { readonly messages: readonly JsonObject[] };
}

/** The vector shows Gym's own half-way form, with reasoning between think tags; what goes out has it in a member of its own. */
function withThinkTags(message: JsonObject): JsonObject {
  const { reasoning, reasoning_content: _, content, ...rest } = message;
  if (typeof reasoning !== "string") return message;
  return { ...rest, content: `<think>${reasoning}</think>${typeof content === "string" ? content : ""}` };
}

/** Gym leaves a content of one text part a list. */
function asString(message: JsonObject): JsonObject {
  const { content } = message;
  const [part] = Array.isArray(content) ? (content as JsonObject[]) : [];
  return part?.["type"] === "text" && (content as unknown[]).length === 1
    ? { ...message, content: part["text"] }
    : message;
}

describe.skipIf(!present)(`the vector of NeMo Gym's converter${reason}`, () => {
  const vector = present ? (JSON.parse(readFileSync(PATH, "utf8")) as Vector) : null;
  const [system, hello] = vector?.expected_output.messages ?? [];
  const input = [system, hello, ...(vector?.input.output ?? [])].map((item) => JSON.stringify(item));
  const convert = (tokenFields: boolean) =>
    chatMessages({ params: new Map(), input }, fault, { tokenFields }).map((raw) =>
      withThinkTags(JSON.parse(raw) as JsonObject),
    );

  test("is the same without token fields", () => {
    expect(convert(false)).toEqual(vector?.expected_output.messages.map(asString));
  });

  test("and with them", () => {
    const expected = vector?.expected_output_return_token_id_information.messages ?? [];
    expect(expected.filter((message) => "prompt_token_ids" in message).length).toBeGreaterThan(0);
    expect(convert(true)).toEqual(expected.map(asString));
  });
});
