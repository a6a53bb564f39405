import { toolCallText } from "./chat-template.ts";

/** A tool call of a scripted answer. Arguments that are a string are taken as they are, also when they are no JSON. */
export interface AnsweredCall {
  readonly name: string;
  readonly arguments: unknown;
}

/** What the model says. */
export interface Answer {
  readonly content?: string;
  /** Comes first, in a think block. */
  readonly reasoning?: string;
  readonly toolCalls?: readonly AnsweredCall[];
  /** The text as the model writes it, with its own tags, instead of all the above. */
  readonly raw?: string;
  /**
   * How it ends. Default `stop`, with an end token, unless `max_tokens` comes first; `length` ends it without one;
   * `error` is an engine error (500).
   */
  readonly finish?: "stop" | "length" | "error";
  /** Ends with `<|endoftext|>` and not with the end of the turn, as models do now and then; `stop_reason` is its id. */
  readonly endOfText?: boolean;
  /** Repeats the content or cuts it to so many tokens, the end token included. */
  readonly tokens?: number;
}

/** The text of an answer as the model writes it, before any parser. A model that thinks begins with a think block. */
export function answerText({ raw, content = "", reasoning, toolCalls = [] }: Answer, thinking = false): string {
  if (raw !== undefined) return raw;
  const think =
    reasoning === undefined ? (thinking ? "<think>\n\n</think>\n\n" : "") : `<think>\n${reasoning}\n</think>\n\n`;
  const calls = toolCalls.map((call) => toolCallText({ name: call.name, arguments: argumentsText(call.arguments) }));
  return think + content + (content !== "" && calls.length > 0 ? "\n" : "") + calls.join("\n");
}

function argumentsText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value ?? {}) ?? "{}");
}
