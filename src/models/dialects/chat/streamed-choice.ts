import { joinElements, joinMembers, rawElements, rawMembers } from "../../../core/json/raw.ts";
import type { Fault } from "../fault.ts";
import { given, type RawMembers } from "../inbound.ts";
import { concatRawStrings, isRawArray, isRawObject, isRawString, rawText } from "../raw-values.ts";
import { toolCall } from "./assistant-turn.ts";

const TEXTS = ["content", "reasoning", "reasoning_content", "refusal"] as const;

interface StreamedCall {
  id: string | null;
  name: string | null;
  readonly args: string[];
}

/** The one choice of a streamed completion, while its deltas come in. All values are raw. */
export class StreamedChoice {
  readonly #fault: Fault;
  readonly #texts = new Map<string, string[]>();
  readonly #calls = new Map<string, StreamedCall>();
  readonly #logprobs: string[] = [];
  readonly #ids: string[] = [];
  #hasLogprobs = false;
  #hasIds = false;
  #finish: string | null = null;
  #stop = "null";

  constructor(fault: Fault) {
    this.#fault = fault;
  }

  add(raw: string): void {
    const choice = this.#object(raw, "a choice");
    if ((choice.get("index") ?? "0") !== "0") throw this.#bad("there is more than one choice");
    if (this.#finish !== null) throw this.#bad("a choice goes on after its finish_reason");
    const delta = given(choice, "delta");
    if (delta !== undefined) this.#say(this.#object(delta, "a delta"));
    this.#addTokens(choice);
    this.#finish = given(choice, "finish_reason") ?? null;
    this.#stop = given(choice, "stop_reason") ?? this.#stop;
  }

  /** The choice as it stands in a completion. */
  end(): string {
    if (this.#finish === null) throw this.#bad("it has no finish_reason");
    return joinMembers([
      ["index", "0"],
      ["message", this.#message()],
      ["logprobs", this.#hasLogprobs ? joinMembers([["content", joinElements(this.#logprobs)]]) : "null"],
      ["finish_reason", this.#finish],
      ["stop_reason", this.#stop],
      ["token_ids", this.#hasIds ? joinElements(this.#ids) : "null"],
    ]);
  }

  #say(delta: RawMembers): void {
    for (const key of TEXTS) {
      const text = delta.get(key);
      if (isRawString(text)) this.#textsOf(key).push(text);
    }
    const calls = given(delta, "tool_calls");
    if (calls === undefined) return;
    if (!isRawArray(calls)) throw this.#bad("tool_calls is no list");
    for (const call of rawElements(calls)) this.#call(this.#object(call, "a tool call"));
  }

  #textsOf(key: string): string[] {
    const texts = this.#texts.get(key) ?? [];
    this.#texts.set(key, texts);
    return texts;
  }

  /** A call's id and name come with its first delta; some servers repeat them. */
  #call(delta: RawMembers): void {
    const index = delta.get("index") ?? "0";
    const call = this.#calls.get(index) ?? { id: null, name: null, args: [] };
    this.#calls.set(index, call);
    const id = given(delta, "id");
    if (isRawString(id) && id !== '""') {
      if (call.id !== null && call.id !== id) throw this.#bad("the id of a tool call changes");
      call.id = id;
    }
    const target = given(delta, "function");
    if (target === undefined) return;
    const { name, args } = this.#target(target);
    if (isRawString(name) && name !== '""') call.name = name;
    if (isRawString(args)) call.args.push(args);
  }

  #target(raw: string): { name: string | undefined; args: string | undefined } {
    const members = this.#object(raw, "a function");
    return { name: members.get("name"), args: members.get("arguments") };
  }

  #addTokens(choice: RawMembers): void {
    const ids = given(choice, "token_ids");
    if (isRawArray(ids)) {
      this.#hasIds = true;
      for (const id of rawElements(ids)) this.#ids.push(id);
    }
    const logprobs = given(choice, "logprobs");
    const content = isRawObject(logprobs) ? rawMembers(logprobs).get("content") : undefined;
    if (isRawArray(content)) {
      this.#hasLogprobs = true;
      for (const entry of rawElements(content)) this.#logprobs.push(entry);
    }
  }

  #message(): string {
    const said = (key: (typeof TEXTS)[number]) => concatRawStrings(this.#texts.get(key) ?? []);
    const members = new Map([
      ["role", '"assistant"'],
      ["content", this.#saysNothing(said("content")) ? "null" : said("content")],
    ]);
    for (const key of TEXTS) if (key !== "content" && said(key) !== '""') members.set(key, said(key));
    if (this.#calls.size > 0)
      members.set("tool_calls", joinElements(Array.from(this.#calls.values(), (call) => this.#made(call))));
    return joinMembers(members);
  }

  /**
   * Streams begin with an empty text where the same answer unstreamed has none. Before a call vLLM streams the blanks that it
   * leaves out unstreamed.
   */
  #saysNothing(content: string): boolean {
    if (this.#calls.size > 0) return (rawText(content) ?? "").trim() === "";
    return content === '""' && TEXTS.some((key) => (this.#texts.get(key) ?? []).some((text) => text !== '""'));
  }

  #made({ id, name, args }: StreamedCall): string {
    if (name === null) throw this.#bad("a tool call has no name");
    return toolCall({ id: id ?? '""', name, args: concatRawStrings(args) });
  }

  #object(raw: string, what: string): RawMembers {
    if (!isRawObject(raw)) throw this.#bad(`${what} is no object`);
    return rawMembers(raw);
  }

  #bad(problem: string): Error {
    return this.#fault("model_bad_response", `the stream is broken: ${problem}`);
  }
}
