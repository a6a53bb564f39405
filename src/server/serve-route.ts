import type { Request, RequestHandler, Response } from "express";
import type { Route } from "../contract/routes.ts";
import { BOUNDS } from "../contract/limits.ts";
import type { ByteBudget } from "../core/byte-budget.ts";
import type { Clock } from "../core/clock.ts";
import { type CallContext, orAborted } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { requestContext } from "./call-context.ts";
import type { Authenticate } from "./middleware/authenticate.ts";
import { checkContentType, hasBody } from "./middleware/content-type.ts";
import { readLines } from "./middleware/read-lines.ts";
import { readBody, type ReadBodyOptions } from "./middleware/read-body.ts";
import { stateOf } from "./request-state.ts";
import type { JsonAnswer, LinesAnswer, StreamAnswer } from "./route-types.ts";
import { sendJson, sendJsonInParts } from "./send-json.ts";
import { sendLines } from "./send-lines.ts";
import { sendEvents } from "./sse.ts";
import type { StreamRegistry } from "./stream-registry.ts";
import { inputValidator, type ValidInput } from "./validate-input.ts";

export interface ServeRouteOptions {
  authenticate: Authenticate;
  body: ReadBodyOptions;
  /** Memory for answers that are not read yet. */
  answers: ByteBudget;
  streams: StreamRegistry;
  clock: Clock;
  /** Milliseconds a handler may take where its route does not say; streams excepted. */
  handlerTimeoutMs: number;
  /** Milliseconds between heartbeat comments of event streams. */
  heartbeatMs: number;
  /** Checks answers against the contract; for tests. */
  validateResponses: boolean;
}

/** Longest silence of a client that uploads lines, milliseconds. */
const UPLOAD_SILENCE_MS = 30_000;

const WITH_BODY: ReadonlySet<string> = new Set(["POST", "PUT"]);

/** A handler whose input and answer are checked by the route's schemas alone. */
export type UntypedHandler = (
  ctx: CallContext,
  input: ValidInput & { readonly lines: AsyncIterable<string>; readonly onDone: (fn: () => void) => void },
) => Promise<JsonAnswer<unknown> | StreamAnswer | LinesAnswer>;

/** Express's side of one route: authentication, body, validation, then the handler, then its answer. */
export function serveRoute(route: Route, handler: UntypedHandler, options: ServeRouteOptions): RequestHandler {
  const validate = inputValidator(route);
  return async (req, res) => {
    const state = stateOf(res);
    state.route = route.path;
    const principal = options.authenticate(req, res, route.scope);
    const valid = validate(req, await bodyText(route, req, res, options));
    const lines = bodyLines(route, req, options);
    const input = { ...valid, lines, onDone: (fn: () => void) => whenClosed(res, fn) };
    if (typeof route.response === "string") {
      const { ctx, end } = requestContext(res, principal);
      const release = options.streams.open(end);
      try {
        const answer = await orAborted(ctx, handler(ctx, input));
        if ("events" in answer) await stream(req, res, ctx, answer, options);
        if ("lines" in answer) await sendAll(req, res, ctx, answer, options);
      } finally {
        release();
      }
      return;
    }
    const timeoutMs = route.timeoutMs ?? options.handlerTimeoutMs;
    const { ctx, end } = requestContext(res, principal, options.clock.now() + timeoutMs);
    const cancelTimer = options.clock.after(timeoutMs, () =>
      end(new SandlotError("deadline_exceeded", { waiting_for: "the answer" })),
    );
    const answer = await orAborted(ctx, handler(ctx, input)).finally(cancelTimer);
    if (!("body" in answer)) throw new TypeError(`${route.path} answers JSON, not a stream`);
    if (options.validateResponses) checkAnswer(route, answer.body);
    const status = answer.status ?? route.status;
    if (answer.inParts) await sendJsonInParts(res, status, answer.body, { ctx, clock: options.clock });
    else sendJson(res, status, answer.body, { budget: options.answers, clock: options.clock });
  };
}

function whenClosed(res: Response, fn: () => void): void {
  if (res.closed || res.destroyed) fn();
  else res.once("close", fn);
}

async function bodyText(route: Route, req: Request, res: Response, options: ServeRouteOptions): Promise<string> {
  if (!WITH_BODY.has(route.method) || !hasBody(req) || route.body === "lines") return "";
  checkContentType(req);
  const { bodyBytes = Infinity } = route;
  return readBody(req, res, { ...options.body, limitBytes: Math.min(options.body.limitBytes, bodyBytes) });
}

/** Nothing where the route takes no lines. */
function bodyLines(route: Route, req: Request, { clock }: ServeRouteOptions): AsyncIterable<string> {
  if (route.body !== "lines") return (async function* none() {})();
  checkContentType(req, "application/x-ndjson");
  const { bodyBytes: limitBytes = BOUNDS.bodyBytes } = route;
  return readLines(req, { limitBytes, lineBytes: BOUNDS.lineBytes, silenceMs: UPLOAD_SILENCE_MS, clock });
}

async function stream(
  req: Request,
  res: Response,
  ctx: CallContext,
  answer: StreamAnswer,
  options: ServeRouteOptions,
): Promise<void> {
  if (req.method === "HEAD") {
    res.status(200).type("text/event-stream").end();
    return;
  }
  const { clock, heartbeatMs } = options;
  const { events, tellsErrors = false } = answer;
  const error = await sendEvents({ res, ctx, events, tellsErrors, clock, heartbeatMs });
  if (error) stateOf(res).error = error;
}

async function sendAll(
  req: Request,
  res: Response,
  ctx: CallContext,
  { lines }: LinesAnswer,
  { clock }: ServeRouteOptions,
): Promise<void> {
  if (req.method === "HEAD") {
    res.status(200).type("application/x-ndjson").end();
    return;
  }
  const error = await sendLines({ res, ctx, lines, clock });
  if (error) stateOf(res).error = error;
}

function checkAnswer(route: Route, body: unknown): void {
  if (typeof route.response === "string") return;
  const result = route.response.safeParse(body);
  if (result.success) return;
  throw new SandlotError("internal", { detail: `${route.path} breaks its contract: ${result.error.message}` });
}
