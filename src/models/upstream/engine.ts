import { breathe } from "../../core/breathe.ts";
import type { Clock } from "../../core/clock.ts";
import { type CallContext, throwIfEnded, withScope } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { type Failed, type Fault, faultsOf } from "../dialects/fault.ts";
import { parseBaseUrl } from "./base-url.ts";
import { retryAfterSeconds } from "./retry-after.ts";
import { type Body, createTransport } from "./transport.ts";
import type { HttpAnswer } from "./whole-answer.ts";
import { transportFailure } from "./transport-failure.ts";

/** One OpenAI-compatible endpoint. Times in milliseconds, sizes in bytes. */
export interface EngineOptions {
  /** The configured name of the model, as errors show it. */
  readonly name: string;
  /** Base URL. `/v1` is added when no segment of the path is a version. */
  readonly url: string;
  readonly apiKey?: string | undefined;
  /** Longest wait for one HTTP answer, from sending to its last byte. Default 600,000. */
  readonly timeoutMs?: number | undefined;
  /** Longest wait for a connection. Default 10,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Largest answer body. Default 64 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** Most connections at once; calls beyond it wait, and the wait counts into `timeoutMs`. Default 20,000: as many rollouts as a process may play. */
  readonly connections?: number | undefined;
}

/** A whole answer, whatever its status. Times in milliseconds. */
export interface Exchanged {
  readonly kind: "exchanged";
  readonly status: number;
  readonly body: Uint8Array;
  /** Seconds that the endpoint asked to wait. */
  readonly retryAfter: number | null;
  readonly startedAt: number;
  readonly durationMs: number;
}

/** Headers of one call, beside those of all. */
type Headers = Readonly<Record<string, string>>;

/** What calls have found out of an engine. */
export interface EngineNotes {
  /** It has no routes from token ids, and is not asked for them until then, epoch milliseconds. */
  textOnlyUntil: number;
}

/** An endpoint that bodies are posted to. */
export interface Engine {
  /** The configured name of the model. */
  readonly name: string;
  readonly fault: Fault;
  readonly notes: EngineNotes;
  /** Path of a route below the version, e.g. of `/responses`. */
  route(route: string): string;
  /** Path of one beside it, e.g. of `/tokenize`. */
  root(path: string): string;
  /** Posts a body once and reads the whole answer. Throws only the context's own reason, when the context ended. */
  post(ctx: CallContext, path: string, body: Body, headers?: Headers): Promise<Exchanged | Failed>;
  /** Gets a path once, like `post`. */
  get(ctx: CallContext, path: string): Promise<Exchanged | Failed>;
  /** Ends all connections; calls in flight fail. Idempotent. */
  close(): Promise<void>;
}

/** A connection that was closed as a call went out tells so within a round trip; later, the call itself was lost. */
const RACE_MS = 1_000;

/** Throws `invalid_config` for a URL it can't use. */
export function createEngine(options: EngineOptions, clock: Clock): Engine {
  const { name, timeoutMs = 600_000 } = options;
  const apiKey = options.apiKey?.trim();
  const base = parseBaseUrl(name, options.url);
  const fault = faultsOf(name, apiKey);
  const authorization = apiKey ? { authorization: `Bearer ${apiKey}` } : {};
  const headers = { "content-type": "application/json", accept: "application/json", ...authorization };
  const transport = createTransport({
    origin: base.origin,
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    connections: options.connections ?? 20_000,
    maxBodyBytes: options.maxBodyBytes ?? 64 * 1024 * 1024,
  });

  const send = async (
    ctx: CallContext,
    path: string,
    body: Body | null,
    more: Headers,
  ): Promise<HttpAnswer | Failed> => {
    throwIfEnded(ctx);
    const ownLimit = clock.now() + timeoutMs < ctx.deadline;
    const scope = { timeoutMs, clock, waitingFor: `model ${name}` };
    const started = clock.monotonic();
    const traced = { ...headers, traceparent: ctx.trace, ...more };
    try {
      return await withScope(ctx, scope, (call) => transport.send(call.signal, path, traced, body));
    } catch (error) {
      throwIfEnded(ctx);
      if (!SandlotError.is(error, "deadline_exceeded"))
        return transportFailure(error, transport.lostReused(error) && clock.monotonic() - started < RACE_MS, fault);
      if (!ownLimit) throw error;
      const detail = `no complete answer within ${timeoutMs / 1000} s`;
      return { kind: "failed", error: fault("model_timeout", detail), repeatable: false };
    }
  };

  const exchange = async (
    ctx: CallContext,
    path: string,
    body: Body | null,
    more: Headers,
  ): Promise<Exchanged | Failed> => {
    const startedAt = clock.now();
    const started = clock.monotonic();
    const sent = await send(ctx, path, body, more);
    if ("kind" in sent) return sent;
    const durationMs = clock.monotonic() - started;
    await breathe();
    const retryAfter = retryAfterSeconds(sent.headers["retry-after"], startedAt + durationMs);
    return { kind: "exchanged", status: sent.status, body: sent.body, retryAfter, startedAt, durationMs };
  };

  return {
    name,
    fault,
    notes: { textOnlyUntil: 0 },
    route: (route) => base.route(route),
    root: (path) => base.root(path),
    post: (ctx, path, body, more = {}) => exchange(ctx, path, body, more),
    get: (ctx, path) => exchange(ctx, path, null, {}),
    close: () => transport.close(),
  };
}
