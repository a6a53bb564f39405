import { isJsonObject, type JsonObject } from "../../../core/json/parse.ts";
import { randomHex } from "../../../core/random-hex.ts";
import type { ChatCall } from "../calls/chat-call.ts";
import { runGenerations } from "../calls/run.ts";
import type { Generation } from "../replica/generation.ts";
import { OutputParser, type OutputPart } from "../text/output-parser.ts";
import { FINGERPRINT } from "./fingerprint.ts";
import type { Exchange } from "../http/exchange.ts";
import { HttpError } from "../http/http-error.ts";
import { chatLogprobs } from "./log-prob-bodies.ts";
import { reasoningTokens } from "./reasoning-tokens.ts";
import { countTokens, streamUsage, usageBody } from "./usage.ts";

/** A chat completion as a stream of chunks: the role, then what each step brings, usage when asked for, `[DONE]`. */
export async function streamChat(
  exchange: Exchange,
  id: string,
  wanted: ChatCall,
  generations: readonly Generation[],
): Promise<void> {
  const { replica } = exchange;
  const { call, returnTokenIds, includeUsage } = wanted;
  const stream = exchange.events(generations.reduce((sum, { plan }) => sum + plan.tokens.length, generations.length));
  const created = Math.floor(replica.settings.clock.now() / 1000);
  const chunk = (choices: readonly JsonObject[], more: JsonObject = {}) =>
    stream.send({ id, object: "chat.completion.chunk", created, model: replica.settings.model, choices, ...more });
  const fingerprint = includeUsage ? {} : { system_fingerprint: FINGERPRINT };

  let begun = false;
  const begin = () => {
    for (const [index] of begun ? [] : generations.entries()) {
      const prompt = returnTokenIds && index === 0 ? { prompt_token_ids: call.prompt, prompt_text: null } : {};
      chunk([{ index, delta: { role: "assistant", content: "" }, logprobs: null, finish_reason: null }], prompt);
    }
    begun = true;
  };
  const writers = generations.map((generation, index) => {
    const writer = new ChoiceWriter(generation, index, wanted, replica.settings.legacyNames);
    generation.onTokens = () => {
      begin();
      const choice = writer.next();
      if (choice) chunk([choice], "stop_reason" in choice ? fingerprint : {});
    };
    return writer;
  });
  try {
    await runGenerations(exchange, generations);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    stream.fail(error.body({ flat: replica.settings.legacyNames }));
    return;
  }
  begin();
  for (const writer of writers) {
    // What was aborted ends without a last token.
    const choice = writer.end();
    if (choice) chunk([choice], fingerprint);
  }
  if (includeUsage) {
    const reasoning = generations.reduce((sum, one) => sum + reasoningTokens(one, call.thinking), 0);
    const usage = usageBody(replica, countTokens(replica, generations, wanted.count), reasoning);
    chunk([], { usage: streamUsage(usage), system_fingerprint: FINGERPRINT });
  }
  stream.done();
}

/** Turns the progress of one choice into the choices of chunks. */
class ChoiceWriter {
  readonly #generation: Generation;
  readonly #index: number;
  readonly #wanted: ChatCall;
  readonly #reasoningName: string;
  readonly #parser: OutputParser;
  #sent = 0;
  #called = false;
  #ended = false;

  constructor(generation: Generation, index: number, wanted: ChatCall, legacyNames: boolean) {
    this.#generation = generation;
    this.#index = index;
    this.#wanted = wanted;
    this.#reasoningName = legacyNames ? "reasoning_content" : "reasoning";
    const { thinking, tools } = wanted.call;
    this.#parser = new OutputParser({ thinking, parseCalls: tools.length > 0 });
  }

  /** What came since; null when there is nothing to say. The last tokens bring the finish reason. */
  next(): JsonObject | null {
    const { delivered, plan } = this.#generation;
    const last = delivered === plan.tokens.length;
    return this.#choice(last, last ? plan.finish : null, plan.stopReason);
  }

  /** The end of what ended before its last token. */
  end(): JsonObject | null {
    return this.#ended ? null : this.#choice(true, this.#generation.finish, null);
  }

  #choice(last: boolean, finish: string | null, stopReason: string | number | null): JsonObject | null {
    const generation = this.#generation;
    const { logprobs, returnTokenIds, tokensAsIds } = this.#wanted;
    const from = this.#sent;
    const to = generation.delivered;
    this.#sent = to;
    const parts = this.#parser.push(generation.text(from));
    if (last) parts.push(...this.#parser.end());
    if (last && finish === "error") return null;
    if (!last && parts.length === 0 && !returnTokenIds && logprobs === null) return null;
    this.#ended = last;
    const delta = this.#delta(parts);
    return {
      index: this.#index,
      delta,
      logprobs: logprobs === null || from === to ? null : chatLogprobs(generation, from, to, logprobs, tokensAsIds),
      finish_reason: finish === "stop" && this.#called ? "tool_calls" : finish,
      ...(last ? { stop_reason: stopReason } : {}),
      ...(returnTokenIds ? { token_ids: generation.plan.tokens.slice(from, to) } : {}),
    };
  }

  #delta(parts: readonly OutputPart[]): JsonObject {
    const delta: JsonObject = {};
    const calls: JsonObject[] = [];
    for (const part of parts) {
      if (part.type === "reasoning") delta[this.#reasoningName] = text(delta[this.#reasoningName]) + part.text;
      else if (part.type === "content") delta["content"] = text(delta["content"]) + part.text;
      else if (part.type === "call") {
        this.#called = true;
        const id = `chatcmpl-tool-${randomHex(8)}`;
        calls.push({ id, type: "function", index: part.index, function: { name: part.name } });
      } else {
        const open = calls.at(-1);
        const called = open?.["index"] === part.index ? open["function"] : null;
        if (isJsonObject(called)) called["arguments"] = text(called["arguments"]) + part.text;
        else calls.push({ index: part.index, function: { arguments: part.text } });
      }
    }
    return calls.length > 0 ? { content: delta["content"] ?? null, ...delta, tool_calls: calls } : delta;
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
