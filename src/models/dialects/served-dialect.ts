import type { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { ModelCall, ModelRequest } from "../port.ts";

/** One API as the gateway serves it. Everything here is pure: text in, text out. */
export interface ServedDialect {
  /** Route below the version, e.g. `/chat/completions`. */
  readonly route: string;
  /**
   * Reads a request's body. Throws `invalid_json`, and `invalid_request` that names the field.
   *
   * What the endpoint behind us can't express is not known here: its client throws `model_rejected` for that.
   *
   * A piece of a string keeps the whole of it in memory: `own` gives a copy of a raw piece, for what outlives the body.
   * Default: the piece itself.
   */
  read(body: string, own?: OwnCopy): AskedCall;
  /** The answer that tells an error, where nothing has been sent yet. */
  failure(error: SandlotError): ErrorAnswer;
  /** Server-sent events that end a stream which has begun, where the answer to it failed. */
  streamFailure(error: SandlotError): string;
  /** A server-sent event that says nothing: it keeps a connection open while the model works. */
  readonly keepAlive: string;
}

/** A string that is equal, and no piece of another. */
export type OwnCopy = (raw: string) => string;

/** A call that somebody asked for, and the way to answer it. */
export interface AskedCall {
  readonly request: ModelRequest;
  /** The model that the caller named; null when it named none. */
  readonly model: string | null;
  /** Whether the answer is to be server-sent events. */
  readonly stream: boolean;
  /** The body of the answer. Throws `context_overflow` for a prompt that did not fit, where settings ask for that. */
  body(call: ModelCall, settings?: AnswerSettings): string;
  /** The same answer as a whole stream of server-sent events. Throws what `body` throws. */
  events(call: ModelCall, settings?: AnswerSettings): string;
}

/** How answers are to look; the defaults are what the unmodified clients of a dialect expect. */
export interface AnswerSettings {
  /** The name of the model that answers show. Default: the endpoint's own. */
  readonly model?: string;
  /**
   * NeMo Gym's `prompt_token_ids`, `generation_token_ids` and `generation_log_probs` on the call's last output item, or on the
   * Chat message, where all three are known. Default false.
   */
  readonly tokenFields?: boolean;
  /**
   * What becomes of a prompt that does not fit the model: the dialect's error 400, on which harnesses shorten their history, or
   * NeMo Gym's empty answer that was cut by length, which ends its agents' loops. Default `error`.
   */
  readonly overflow?: "error" | "empty_answer";
  /** NeMo Gym's shorter form of Responses streams: whole items and no deltas. Default false. */
  readonly wholeItems?: boolean;
}

/** An HTTP answer that tells an error. */
export interface ErrorAnswer {
  readonly status: number;
  /** Lower case. Besides the type of the body: whether, and after how many seconds, the same call is worth another try. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
