import type { JsonObject } from "../../core/json/parse.ts";
import type { ModelCall, ModelRequest } from "../port.ts";
import type { Fault } from "./fault.ts";

/** What goes into every request of a client. */
export interface ComposeSettings {
  /** The endpoint's name of the model. */
  readonly model: string;
  /** Whether to ask for token ids and log-probs. */
  readonly tokens: boolean;
  /** Members, as raw JSON text, that the request's own win over. */
  readonly extra: ReadonlyMap<string, string>;
  readonly fault: Fault;
}

/** A successful answer, as text and as JavaScript sees it. */
export interface AnswerBody {
  readonly text: string;
  readonly value: JsonObject;
}

/** The part of a call that is read from the answer's body. */
export type Reading = Pick<
  ModelCall,
  "answer" | "items" | "finishReason" | "stopReason" | "truncatedBy" | "usage" | "tokens" | "weightVersion"
>;

/** One way to speak to an endpoint. */
export interface Dialect {
  /** Route below the version, e.g. `/responses`. */
  readonly route: string;
  /**
   * Composes the request, and answers what writes its body: whoever waits for an answer need not hold the text. Throws
   * `model_rejected` for what this dialect can't say, at once.
   */
  compose(request: ModelRequest, settings: ComposeSettings): () => string;
  /** Throws `model_bad_response`, `model_aborted` or `model_server_error`; null when the prompt did not fit. */
  read(body: AnswerBody, request: ModelRequest, fault: Fault): Reading | null;
}

/** Joins extra members and the request's own, which win; `model` and `stream` are the platform's. */
export function withExtra(extra: ReadonlyMap<string, string>, own: ReadonlyMap<string, string>): Map<string, string> {
  const members = new Map<string, string>([...own].filter(([key]) => !PLATFORM.has(key)));
  for (const [key, value] of extra) if (!members.has(key) && !PLATFORM.has(key)) members.set(key, value);
  return members;
}

const PLATFORM: ReadonlySet<string> = new Set(["model", "stream", "stream_options", "input", "messages"]);
