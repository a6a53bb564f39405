import { isJsonObject } from "../../../core/json/parse.ts";
import { joinMembers, rawElements, rawMembers } from "../../../core/json/raw.ts";
import { readErrorBody } from "../error-body.ts";
import type { Fault } from "../fault.ts";
import { given, type RawMembers } from "../inbound.ts";
import { isRawArray } from "../raw-values.ts";
import { type StreamedAnswer, streamedAnswer } from "../streamed-answer.ts";
import { StreamedChoice } from "./streamed-choice.ts";

/**
 * Puts the chunks of a Chat stream together into the completion that the endpoint would have answered unstreamed: text,
 * reasoning, calls, log-probs and token ids, as raw JSON. One choice only.
 */
export function streamedChat(fault: Fault): StreamedAnswer {
  return streamedAnswer(new ChatAssembler(fault), fault);
}

const HEAD = ["id", "created", "model", "service_tier", "system_fingerprint", "prompt_token_ids"] as const;

class ChatAssembler {
  readonly #fault: Fault;
  readonly #head = new Map<string, string>([["object", '"chat.completion"']]);
  readonly #choice: StreamedChoice;
  /** What a chunk without choices counted, which comes once, at the end. */
  #total: string | null = null;
  /** The latest count of a server that counts in every chunk. */
  #counted: string | null = null;
  #chunks = 0;
  #isDone = false;

  constructor(fault: Fault) {
    this.#fault = fault;
    this.#choice = new StreamedChoice(fault);
  }

  add(data: string): void {
    if (this.#isDone) throw this.#bad("it goes on after [DONE]");
    if (data === "[DONE]") {
      this.#isDone = true;
      return;
    }
    const chunk = this.#members(data);
    if (given(chunk, "error") !== undefined) throw this.#fault("model_server_error", readErrorBody(data).message);
    this.#chunks++;
    for (const key of HEAD) this.#keep(key, given(chunk, key));
    const choices = chunk.get("choices");
    if (!isRawArray(choices)) throw this.#bad("a chunk has no choices");
    const all = rawElements(choices);
    for (const choice of all) this.#choice.add(choice);
    this.#count(given(chunk, "usage"), all.length === 0);
  }

  end(): string {
    if (!this.#isDone) {
      throw this.#fault("model_unreachable", `the stream broke off after ${this.#chunks} chunks, without [DONE]`);
    }
    const members = new Map(this.#head).set("choices", `[${this.#choice.end()}]`);
    const usage = this.#total ?? this.#counted;
    if (usage !== null) members.set("usage", usage);
    return joinMembers(members);
  }

  #members(data: string): RawMembers {
    try {
      if (isJsonObject(JSON.parse(data))) return rawMembers(data);
    } catch {
      // Told below, like what is JSON and no object.
    }
    throw this.#bad(`a chunk is no JSON object: ${data.slice(0, 200)}`);
  }

  /** Chunks repeat their head; one with another id is of another answer, as after a proxy's own retry. */
  #keep(key: string, value: string | undefined): void {
    if (value === undefined) return;
    const kept = this.#head.get(key);
    if (kept === undefined) this.#head.set(key, value);
    else if (kept !== value && (key === "id" || key === "prompt_token_ids")) throw this.#bad(`its ${key} changes`);
  }

  #count(usage: string | undefined, isTotal: boolean): void {
    if (usage === undefined) return;
    if (!isTotal) this.#counted = usage;
    else if (this.#total !== null && this.#total !== usage)
      throw this.#bad("it counts its usage twice, and differently");
    else this.#total = usage;
  }

  #bad(problem: string): Error {
    return this.#fault("model_bad_response", `the stream is broken: ${problem}`);
  }
}
