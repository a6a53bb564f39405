import { describe, expect, test } from "vitest";
import { isJsonObject, type JsonObject, parseJson } from "../../../src/core/json/parse.ts";
import { streamedChat } from "../../../src/models/dialects/index.ts";
import { SandlotError } from "../../../src/core/errors/sandlot-error.ts";
import { type GymExchange, gymExchanges, hasRecordedGym } from "./recorded-gym.ts";
import { callOf, fault, sentUpstream, servedAt } from "./support.ts";

/*
 * Requests that were sent to NeMo Gym's model servers: the same bodies are read here, composed for the same endpoint, and its
 * recorded answers are answered again. What differs on purpose is named below and in docs/model-dialects.md.
 */
const SERVERS = [
  { server: "openai_model", tokens: false },
  { server: "vllm_plain", tokens: false },
  { server: "vllm_inline", tokens: true },
];

const all = SERVERS.flatMap(({ server, tokens }) =>
  gymExchanges(server)
    .filter(({ path }) => servedAt(path) !== undefined)
    .map((exchange) => ({ name: `${server} ${exchange.n} ${exchange.note}`, tokens, ...exchange })),
);
const generations = all.filter(({ upstream }) => upstream.length > 0);

/** Refused here and not there: one answer to a call, and messages must be said to be there. */
const REFUSED = new Map([
  ["chat: n 2", "n: must be 1"],
  ["messages: empty object", "messages: is missing"],
]);

const reason = hasRecordedGym ? "" : " (skipped: ../shared/data/gym-wire is missing)";

describe.skipIf(!hasRecordedGym)(`recorded at NeMo Gym's model servers${reason}`, () => {
  test("there are all", () => expect([all.length, generations.length]).toEqual([151, 119]));

  const served = generations.filter(({ note }) => !REFUSED.has(note));

  test.each(served)("$name: goes upstream as Gym sends it", ({ path, body, upstream, tokens, note }) => {
    const [sent] = upstream;
    const ours = sentUpstream(sent?.path ?? "", read(path, body).request, tokens);
    expect(asSent(ours, note)).toEqual(asSent(parseJson(sent?.body ?? ""), note));
  });

  const answered = served.filter(({ status, upstream }) => status === 200 && upstream.at(-1)?.status === 200);

  test.each(answered)("$name: is answered as Gym answers it", (exchange) => {
    const { asked, call, settings } = answer(exchange);
    if (asked.stream) {
      // Here reasoning has a delta of its own, so it is what a client makes of the chunks that is compared.
      const read = exchange.path.endsWith("/chat/completions") ? asCompletion : asEvents;
      expect(read(asked.events(call, settings))).toEqual(read(exchange.answer));
    } else expect(asAnswered(parseJson(asked.body(call, settings)))).toEqual(asAnswered(parseJson(exchange.answer)));
  });

  const overflowed = served.filter(({ note, status }) => note.includes("context overflow") && status === 200);

  test.each(overflowed)("$name: the prompt does not fit", (exchange) => {
    const { asked, call, settings } = answer(exchange);
    const ours = parseJson(asked.body(call, { ...settings, overflow: "empty_answer" }));
    expect(asAnswered(ours)).toEqual(asAnswered(parseJson(exchange.answer)));
    expect(() => asked.body(call)).toThrow(/maximum context length is 4096/);
  });

  test.each(generations.filter(({ note }) => REFUSED.has(note)))("$name: is refused", ({ path, body, note }) => {
    expect(() => read(path, body)).toThrow(REFUSED.get(note));
  });

  const invalid = all.filter(({ note }) => /missing (?:input|messages)|bad JSON/.test(note));

  test.each(invalid)("$name: is refused, as there", ({ path, body, status }) => {
    expect(status).toBe(422);
    expect(() => read(path, body)).toThrow(SandlotError);
  });
});

function read(path: string, body: string) {
  const dialect = servedAt(path);
  if (!dialect) throw new Error(`no dialect at ${path}`);
  return dialect.read(body);
}

function answer(exchange: GymExchange & { readonly tokens: boolean }) {
  const asked = read(exchange.path, exchange.body);
  const last = exchange.upstream.at(-1);
  const call = callOf(last?.path ?? "", asked.request, last?.answer ?? "", last?.status);
  // Of its three dialects, Gym repeats the caller's name of the model only here.
  const named = exchange.path.endsWith("/messages") && asked.model !== null ? { model: asked.model } : {};
  return { asked, call, settings: { tokenFields: exchange.tokens, wholeItems: true, ...named } };
}

type Change = (value: JsonObject) => void;

/** Every object in a value, changed; members that are null count as absent, as they do for Gym's models and OpenAI's clients. */
function changed(value: unknown, change: Change): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => changed(one, change));
  if (!isJsonObject(value)) return value;
  const copy = Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
  change(copy);
  return Object.fromEntries(Object.entries(copy).map(([key, member]) => [key, changed(member, change)]));
}

const isTextPart = (part: unknown): part is { text: string } =>
  isJsonObject(part) && ["text", "input_text", "output_text"].includes(String(part["type"]));

function asSent(body: unknown, note: string): unknown {
  const value = changed(body, (object) => {
    // A single text is sent as a plain string, and a string as the item that it stands for.
    const { content, input } = object;
    if (typeof input === "string") object["input"] = [{ role: "user", content: input }];
    if (Array.isArray(content) && content.length === 1 && isTextPart(content[0])) object["content"] = content[0].text;
    // Gym fills in what may be left out, and invents ids; a client's own are kept by both.
    if (object["type"] === "message") delete object["type"];
    if (object["type"] === "function_call") {
      delete object["id"];
      delete object["status"];
    }
    if (object["type"] === "reasoning") {
      delete object["id"];
      // OpenAI refuses it; items are not ours to change on a way where nothing is converted.
      if (note === "responses: reasoning with status") delete object["status"];
    }
  });
  if (!isJsonObject(value)) return value;
  const { stream, metadata, ...rest } = value;
  expect(stream ?? false).toBe(false);
  // Gym sends on the side channel that it has just read.
  if (metadata !== undefined) expect(note).toBe("metadata.extra_body and chat_template_kwargs");
  // Unknown members go through; Gym refuses them, or drops them of a stream.
  if (note === "responses: stream true drops unknown fields") delete rest["unknown_field"];
  // A caller that asks for more log-probs gets them; Gym sends 0.
  if (note.startsWith("reasoning effort")) delete rest["top_logprobs"];
  return rest;
}

function asAnswered(body: unknown): unknown {
  return changed(body, (object) => {
    // Ids of responses, messages and reasoning are made up by each side; those of calls are not.
    if (object["type"] !== "function_call" && object["type"] !== "tool_use") delete object["id"];
    for (const key of ["created", "created_at", "completed_at"]) delete object[key];
    // Gym's Chat answers hold reasoning between think tags; here it has a member of its own.
    const reasoning = object["reasoning"] ?? object["reasoning_content"];
    if (object["role"] === "assistant" && typeof reasoning === "string") {
      const content = typeof object["content"] === "string" ? object["content"] : "";
      object["content"] = `<think>${reasoning}</think>${content}`;
      delete object["reasoning"];
      delete object["reasoning_content"];
    }
    // An empty list of calls says the same as none.
    if (Array.isArray(object["tool_calls"]) && object["tool_calls"].length === 0) delete object["tool_calls"];
    // Here a cache is told of where one is counted.
    delete object["cache_read_input_tokens"];
    delete object["cache_creation_input_tokens"];
  });
}

function asCompletion(stream: string): unknown {
  const streamed = streamedChat(fault);
  streamed.push(Buffer.from(stream));
  return asAnswered(parseJson(streamed.end()));
}

/** The events of a stream, those that begin it apart: Gym tells in them what only the end can know. */
function asEvents(stream: string): unknown {
  return stream
    .split("\n\n")
    .filter((block) => block.trim() !== "")
    .map((block) => {
      const data = block.split("\n").flatMap((line) => (line.startsWith("data: ") ? [line.slice(6)] : []));
      const text = data.join("\n");
      return text === "[DONE]" ? text : parseJson(text);
    })
    .map((event) =>
      changed(event, (object) => {
        delete object["sequence_number"];
        if (object["status"] === "in_progress" || object["role"] === "assistant") {
          delete object["usage"];
          delete object["stop_reason"];
        }
        // Anthropic's own events count the input at the end, too, and give thinking its signature from the start.
        if (object["type"] === "message_delta" && isJsonObject(object["usage"])) delete object["usage"]["input_tokens"];
        if (object["type"] === "thinking" && object["signature"] === "") delete object["signature"];
      }),
    )
    .map(asAnswered);
}
