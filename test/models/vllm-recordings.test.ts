import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rootContext } from "../../src/core/context.ts";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { isJsonObject, type JsonObject } from "../../src/core/json/parse.ts";
import { createOpenAiClient, type ModelCall } from "../../src/models/index.ts";
import { type ScriptedEndpoint, sendJson, startEndpoint } from "./scripted-endpoint.ts";

const DATA = fileURLToPath(new URL("../../../shared/data/vllm/", import.meta.url));
const present = existsSync(DATA);
const reason = present ? "" : ` (skipped: ${DATA} is missing)`;

interface Recording {
  readonly name: string;
  readonly request: { readonly method: string; readonly path: string; readonly body: JsonObject };
  readonly response: { readonly status: number; readonly body?: JsonObject; readonly text?: string };
}

function recording(name: string): Recording {
  return { name, ...(JSON.parse(readFileSync(`${DATA}${name}.json`, "utf8")) as Omit<Recording, "name">) };
}

const ROUTES = new Map([
  ["/v1/chat/completions", "chat"],
  ["/v1/responses", "responses"],
] as const);

const all = present
  ? readdirSync(DATA)
      .filter((file) => file.endsWith(".json"))
      .map((file) => recording(file.slice(0, -5)))
      .filter(({ request, response }) => {
        const generation = request.method === "POST" && ROUTES.has(request.path as "/v1/responses");
        return generation && !(isJsonObject(request.body) && request.body["stream"]) && response.body !== undefined;
      })
  : [];

const ABORTED = (body: JsonObject) => JSON.stringify(body).includes('"finish_reason":"abort"');

describe.skipIf(!present)(`recorded vLLM exchanges${reason}`, () => {
  let endpoint: ScriptedEndpoint;
  let current: Recording;
  beforeAll(async () => {
    endpoint = await startEndpoint((_request, response) =>
      sendJson(response, current.response.status, current.response.body),
    );
  });
  afterAll(() => endpoint.stop());

  async function replay(one: Recording): Promise<ModelCall | SandlotError> {
    current = one;
    const api = ROUTES.get(one.request.path as "/v1/responses") ?? "chat";
    const client = createOpenAiClient({ name: "policy", url: endpoint.url, model: "policy", api, retries: 0 });
    try {
      return await client.respond(rootContext(), { params: new Map(), input: ['{"role":"user","content":"Hi"}'] });
    } catch (error) {
      return SandlotError.from(error);
    } finally {
      await client.close();
    }
  }

  test("there are some", () => expect(all.length).toBeGreaterThan(30));

  test.each(all.filter((one) => one.response.status === 200))("$name", async (one) => {
    const call = await replay(one);
    const body = one.response.body ?? {};
    if (ABORTED(body)) {
      expect(call).toMatchObject({ code: "model_aborted" });
      return;
    }
    if (call instanceof SandlotError) throw call;
    expect(call.items.map((item) => JSON.parse(item) as unknown)).toEqual(call.answer.output);
    const [choice] = (body["choices"] ?? []) as JsonObject[];
    if (choice === undefined) {
      expect(call.answer).toEqual(body);
      return;
    }
    expect(call.finishReason).toBe(choice["finish_reason"]);
    expect(call.tokens.promptTokenIds).toEqual(body["prompt_token_ids"]);
    const logprobs = (choice["logprobs"] as { content: { logprob: number }[] } | null)?.content.map(
      (entry) => entry.logprob,
    );
    expect(call.tokens.generationLogProbs).toEqual(logprobs ?? null);
    // A server without return_token_ids names its tokens token_id:N.
    if (choice["token_ids"] !== null) expect(call.tokens.generationTokenIds).toEqual(choice["token_ids"]);
    expect(call.usage?.output_tokens).toBe((body["usage"] as JsonObject)["completion_tokens"]);
    const message = choice["message"] as JsonObject;
    const calls = (message["tool_calls"] ?? []) as unknown[];
    expect(call.answer.output.filter((item) => item.type === "function_call")).toHaveLength(calls.length);
  });

  const errors: readonly (readonly [string, string])[] = [
    ["error_bad_field", "model_rejected"],
    ["error_bad_json", "model_rejected"],
    ["error_max_tokens_too_large", "model_rejected"],
    ["error_missing_messages", "model_rejected"],
    ["error_unknown_model", "model_not_found"],
    ["error_responses_previous_missing", "model_rejected"],
    ["error_overload_queue_full_chat", "model_server_error"],
    ["engine_dead_inflight_json", "model_server_error"],
    ["draining_new_request", "model_server_error"],
    ["error_bad_api_key", "model_auth"],
    ["error_404_path", "model_bad_response"],
  ];
  test.each(errors)("%s is %s", async (name, code) => {
    expect(await replay(recording(name))).toMatchObject({ code });
  });

  test.each(["error_context_overflow_prompt", "error_responses_overflow"])(
    "%s is truncated by length",
    async (name) => {
      expect(await replay(recording(name))).toMatchObject({ truncatedBy: "length", items: [], status: 400 });
    },
  );

  test("token ids of the responses route", async () => {
    const one = recording("responses_tool_call_forced");
    const call = await replay(one);
    if (call instanceof SandlotError) throw call;
    const usage = call.usage ?? { input_tokens: -1, output_tokens: -1 };
    expect(call.tokens.promptTokenIds).toHaveLength(usage.input_tokens);
    expect(call.tokens.generationTokenIds).toHaveLength(usage.output_tokens);
  });

  test("the second turn goes out as a client of vLLM sent it", async () => {
    const first = await replay(recording("trained_chat_turn1"));
    if (first instanceof SandlotError) throw first;
    const second = recording("trained_chat_turn2");
    const recorded = second.request.body["messages"] as JsonObject[];
    const [user, , tool] = recorded;
    const result = { type: "function_call_output", call_id: tool?.["tool_call_id"], output: tool?.["content"] };
    const input = [JSON.stringify(user), ...first.items, JSON.stringify(result)];
    current = second;
    const client = createOpenAiClient({ name: "policy", url: endpoint.url, model: "policy", api: "chat" });
    await client.respond(rootContext(), { params: new Map(), input });
    await client.close();
    const sent = JSON.parse(endpoint.seen.at(-1)?.body ?? "") as { messages: JsonObject[] };
    for (const message of sent.messages) delete message["reasoning_content"];
    expect(sent.messages).toEqual(recorded);
  });
});
