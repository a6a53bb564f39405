import type { Clock } from "../../core/clock.ts";
import { type CallContext, orAborted, throwIfEnded, withScope } from "../../core/context.ts";
import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";
import { isJsonObject, parseJson, utf8Text } from "../../core/json/parse.ts";
import type { ModelCall, ModelRequest } from "../port.ts";
import type { BaseUrl } from "./base-url.ts";
import type { Dialect, Reading } from "../dialects/upstream-dialect.ts";
import type { Failed, Fault } from "../dialects/fault.ts";
import { overflowReading } from "./overflow-answer.ts";
import { type Refusal, readRefusal } from "./refusal.ts";
import { retryAfterSeconds } from "./retry-after.ts";
import type { HttpAnswer, Transport } from "./transport.ts";
import { transportFailure } from "./transport-failure.ts";

export type Attempt = { readonly kind: "answered"; readonly call: ModelCall } | Exclude<Refusal, { kind: "overflow" }>;

/** What a try needs of its client. */
export interface AttemptOptions {
  readonly model: string;
  readonly base: BaseUrl;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly transport: Transport;
  readonly fault: Fault;
  readonly clock: Clock;
}

/** Sends one request once. Throws only the context's own reason, when the context ended. */
export async function attempt(
  ctx: CallContext,
  options: AttemptOptions,
  dialect: Dialect,
  request: ModelRequest,
  body: string,
): Promise<Attempt> {
  const { clock, fault } = options;
  const startedAt = clock.now();
  const started = clock.monotonic();
  const sent = await send(ctx, options, dialect.route, body);
  if ("kind" in sent) return sent;
  const durationMs = clock.monotonic() - started;
  const called = (text: string, reading: Reading): Attempt => {
    const call = { request: body, response: text, status: sent.status, ...reading, startedAt, durationMs };
    return { kind: "answered", call };
  };
  try {
    const text = utf8Text(sent.body);
    if (sent.status < 200 || sent.status > 299) {
      const wait = retryAfterSeconds(sent.headers["retry-after"], startedAt + durationMs);
      const refusal = readRefusal(sent.status, text, wait, fault);
      return refusal.kind === "overflow" ? called(text, overflowReading(options.model, startedAt)) : refusal;
    }
    const value = parseJson(text);
    if (!isJsonObject(value)) throw fault("model_bad_response", "the body is not a JSON object");
    return called(text, dialect.read({ text, value }, request, fault) ?? overflowReading(options.model, startedAt));
  } catch (error) {
    return { kind: "failed", error: readError(error, sent, fault), repeatable: false };
  }
}

async function send(
  ctx: CallContext,
  options: AttemptOptions,
  route: string,
  body: string,
): Promise<HttpAnswer | Failed> {
  const { base, clock, fault, timeoutMs, transport } = options;
  throwIfEnded(ctx);
  const ownLimit = clock.now() + timeoutMs < ctx.deadline;
  const scope = { timeoutMs, clock, waitingFor: `model ${options.model}` };
  const headers = { ...options.headers, traceparent: ctx.trace };
  try {
    return await withScope(ctx, scope, (call) =>
      orAborted(call, transport.post(call.signal, base.path(route), headers, body)),
    );
  } catch (error) {
    throwIfEnded(ctx);
    if (!SandlotError.is(error, "deadline_exceeded"))
      return transportFailure(error, transport.lostReused(error), fault);
    if (!ownLimit) throw error;
    const detail = `no complete answer within ${timeoutMs / 1000} s`;
    return { kind: "failed", error: fault("model_timeout", detail), repeatable: false };
  }
}

/** An answer that can't be read: the text says more than the parser does. */
function readError(error: unknown, sent: HttpAnswer, fault: Fault): SandlotError {
  if (SandlotError.is(error) && error.domain === "model") return error;
  const excerpt = Buffer.from(sent.body.subarray(0, 200)).toString("utf8");
  const detail = `the answer is not the JSON of an OpenAI-compatible API (${messageOf(error)}): ${excerpt}`;
  return fault("model_bad_response", detail, { status: sent.status, cause: error });
}
