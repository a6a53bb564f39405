import type { ResponseObject, TokenUsage } from "../contract/responses.ts";
import type { CallContext } from "../core/context.ts";
import type { Truncation } from "../core/outcome.ts";
import type { PrefixBreak } from "../core/tokens/prefix-break.ts";
import type { VersionSpan } from "../core/tokens/samples.ts";

/** One call to a model, in the terms of the Responses API, as raw JSON values. */
export interface ModelRequest {
  /**
   * Members of the request but `input`, `model` and `stream`, each as raw JSON text: the row's
   * `responses_create_params` with the job's sampling merged over it.
   */
  readonly params: ReadonlyMap<string, string>;
  /** The conversation so far: raw JSON text of each input item. Empty where the request came as `chat`. */
  readonly input: readonly string[];
  /**
   * The request as a caller of the Chat API wrote it. An endpoint that speaks Chat gets this as it is, so that nothing is lost
   * or rendered anew on a way through Responses.
   */
  readonly chat?: ChatRequest;
}

/** A request of the Chat API, raw. */
export interface ChatRequest {
  /** Its members but `messages`, `model` and `stream`. */
  readonly members: ReadonlyMap<string, string>;
  readonly messages: readonly string[];
}

/** Tokens as the engine gave them; lengths of the last two agree. */
export interface TokenCapture {
  readonly promptTokenIds: readonly number[] | null;
  readonly generationTokenIds: readonly number[] | null;
  readonly generationLogProbs: readonly number[] | null;
}

/** The tokens of the conversation so far: the first `entries` of what is sent (messages or items) stand for just these. */
export interface TokenPrefix {
  readonly ids: Int32Array;
  readonly entries: number;
}

/** A call's place in its rollout. */
export interface Turn {
  readonly caller: Caller;
  /** From 1. */
  readonly number: number;
  /** Null for a conversation of which no tokens are known. */
  readonly prefix: TokenPrefix | null;
}

/** What one call brought. */
export interface ModelCall {
  /** Exact bodies that went out and came back. */
  readonly request: string;
  readonly response: string;
  readonly status: number;
  /** The answer as a Responses object, converted when the endpoint speaks Chat Completions. */
  readonly answer: ResponseObject;
  /** Raw JSON text of each output item, for the next turn's input. */
  readonly items: readonly string[];
  /** `stop`, `tool_calls`, `length` …, in the endpoint's words. */
  readonly finishReason: string | null;
  /** vLLM: the text or token that ended it, where that was not the model's own end token. */
  readonly stopReason?: string | number | null;
  /** Set when the endpoint itself cut the answer short. */
  readonly truncatedBy: Extract<Truncation, "length" | "content_filter"> | null;
  readonly usage: TokenUsage | null;
  readonly tokens: TokenCapture;
  readonly weightVersion: string | null;
  /** The replica that answered; null where there is only one endpoint. */
  readonly replica?: string | null;
  /** Spans of the generation by the weights they were sampled from, where the engine tells. */
  readonly weightVersions?: readonly VersionSpan[];
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly durationMs: number;
}

/** Whose calls belong together: they share a beginning, and so a replica's cache. */
export interface Caller {
  /** One for each attempt of a rollout. */
  readonly session: string;
  /** The same for all rollouts of one task in one job; null where that is not known. */
  readonly group: string | null;
}

/** A call with its place among those of its rollout. */
export interface PlacedCall extends ModelCall {
  readonly id: string;
  /** The call whose history this one continues; null for the first of a branch. */
  readonly parent: string | null;
  /** Why its tokens do not continue those of the call that it followed; null where they do. */
  readonly broken: PrefixBreak | null;
}

/** A model as one rollout uses it. */
export interface ModelSession {
  /** The configured name of the model. */
  readonly name: string;
  /** Throws what `ModelClient.respond` throws. */
  respond(ctx: CallContext, request: ModelRequest): Promise<PlacedCall>;
  /** The tokenizer's answer; null where the endpoint has none. Throws what `ModelClient.respond` throws. */
  tokenizer(ctx: CallContext, path: TokenizerPath, body: string): Promise<string | null>;
  /** No more calls will come. */
  end(): void;
}

/** Paths of vLLM's tokenizer, beside the version. */
export type TokenizerPath = "/tokenize" | "/detokenize";

/** A named, stateless text-generation endpoint. */
export interface ModelClient {
  /** The configured name. */
  readonly name: string;
  /** The name the endpoint knows it by. */
  readonly upstream: string;
  /** True when it replays recorded answers; rollouts are stamped with it. */
  readonly replay: boolean;
  /** Throws an error of the model domain; a prompt that does not fit any more is an answer truncated by `length`. */
  respond(ctx: CallContext, request: ModelRequest, turn?: Turn): Promise<ModelCall>;
  /** The session makes no more calls: nothing is kept warm for it. */
  finish?(session: string): void;
  /**
   * Asks the endpoint's tokenizer; `body` is a raw JSON object whose `model` is replaced. Null where the endpoint has none. Throws
   * what `respond` throws.
   */
  tokenizer?(ctx: CallContext, path: TokenizerPath, body: string): Promise<string | null>;
  /** The text of token ids; null where the endpoint does not tell. */
  decode?(ctx: CallContext, ids: readonly number[]): Promise<string | null>;
  close(): Promise<void>;
}
