import type { CallContext } from "../../core/context.ts";
import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";
import { isJsonObject, parseJson, utf8Text } from "../../core/json/parse.ts";
import type { Failed, Fault } from "../dialects/fault.ts";
import type { Dialect, Reading } from "../dialects/upstream-dialect.ts";
import type { ModelCall, ModelRequest } from "../port.ts";
import type { Engine, Exchanged } from "../upstream/engine.ts";
import { type Refusal, readRefusal } from "../upstream/refusal.ts";
import { overflowReading } from "./overflow-answer.ts";

export type Attempt = { readonly kind: "answered"; readonly call: ModelCall } | Exclude<Refusal, { kind: "overflow" }>;

/** A request as one dialect says it. */
export interface Asked {
  readonly dialect: Dialect;
  readonly request: ModelRequest;
  /** The configured name of the model. */
  readonly model: string;
  /** Writes the body. */
  readonly body: () => string;
}

/** Sends one request once. Throws only the context's own reason, when the context ended. */
export async function attempt(ctx: CallContext, engine: Engine, asked: Asked): Promise<Attempt> {
  const { dialect, request, model, body } = asked;
  const { fault } = engine;
  const sent = await engine.post(ctx, engine.route(dialect.route), body);
  if (sent.kind === "failed") return sent;
  const { status, startedAt, durationMs } = sent;
  const called = (text: string, reading: Reading): Attempt => {
    const call = { request: body(), response: text, status, ...reading, startedAt, durationMs };
    return { kind: "answered", call };
  };
  return reading(sent, fault, (text) => {
    const overflow = () => called(text, overflowReading(model, startedAt));
    if (status < 200 || status > 299) {
      const refusal = readRefusal(status, text, sent.retryAfter, fault);
      return refusal.kind === "overflow" ? overflow() : refusal;
    }
    const value = parseJson(text);
    if (!isJsonObject(value)) throw fault("model_bad_response", "the body is not a JSON object");
    const read = dialect.read({ text, value }, request, fault);
    return read === null ? overflow() : called(text, read);
  });
}

/** What `read` makes of a body. One that can't be read is a failure that says what came. */
export function reading<T>({ body, status }: Exchanged, fault: Fault, read: (text: string) => T): T | Failed {
  try {
    return read(utf8Text(body));
  } catch (error) {
    return { kind: "failed", error: unreadable(error, { body, status }, fault), repeatable: false };
  }
}

function unreadable(error: unknown, sent: Pick<Exchanged, "body" | "status">, fault: Fault): SandlotError {
  if (SandlotError.is(error) && error.domain === "model") return error;
  const excerpt = Buffer.from(sent.body.subarray(0, 200)).toString("utf8");
  const detail = `the answer is not the JSON of an OpenAI-compatible API (${messageOf(error)}): ${excerpt}`;
  return fault("model_bad_response", detail, { status: sent.status, cause: error });
}
