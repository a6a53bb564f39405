import { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from "express";
import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { requestContext } from "../../server/call-context.ts";
import { retryAfterOf } from "../../server/error-body.ts";
import { drain } from "../../server/middleware/answer-errors.ts";
import { hasBody } from "../../server/middleware/content-type.ts";
import { readBody } from "../../server/middleware/read-body.ts";
import { stateOf } from "../../server/request-state.ts";
import { sendJson, sendJsonInParts } from "../../server/send-json.ts";
import type { SurfaceTools } from "../../server/surface.ts";
import type { AnswerAccount } from "../../server/execution/answer-memory.ts";
import { BOUNDS } from "../../contract/limits.ts";
import { type Body, decodeBody } from "./decode-body.ts";
import { faultMessage, isGone, refusalOf } from "./failures.ts";

/** What an operation answers: a value, or JSON text that is sent as it is. */
export type Answer = { readonly value: unknown } | { readonly json: string };

/** A request on its way to an operation. */
export interface Call {
  readonly ctx: CallContext;
  readonly body: Body;
  /** Counts the output that its answer holds. */
  readonly account: AnswerAccount;
}

export interface Operation {
  readonly method: "GET" | "POST";
  readonly run: (call: Call) => Promise<Answer>;
  /** The answer in place of a result when the fault is ours; without one it is 500 with `detail`. */
  readonly fault?: (message: string) => unknown;
}

type Operations = Readonly<Record<string, Operation>>;

/** The operations at their paths, other methods and a trailing slash answered as FastAPI does, and the answer to their errors. */
export function dialectRouter(
  operations: Operations,
  tools: SurfaceTools,
): readonly [RequestHandler, ErrorRequestHandler] {
  const router = Router({ caseSensitive: true, strict: true });
  for (const [path, operation] of Object.entries(operations)) {
    const { method } = operation;
    const mounted = router.route(path);
    if (method === "POST") mounted.post(serve(path, operation, tools));
    // Express would answer HEAD with GET; FastAPI does not.
    else
      mounted.get((req, res, next) => (req.method === "GET" ? serve(path, operation, tools)(req, res, next) : next()));
    mounted.all(methodNotAllowed(path, method));
    router.all(`${path}/`, (req, res) => {
      const query = req.url.indexOf("?");
      res.statusCode = 307;
      res.setHeader("location", path + (query < 0 ? "" : req.url.slice(query)));
      res.end();
    });
  }
  return [router, answerErrors(operations)];
}

function serve(path: string, operation: Operation, tools: SurfaceTools): RequestHandler {
  return async (req, res) => {
    stateOf(res).route = path;
    const principal = tools.authenticate(req, res, "sandboxes");
    const body = operation.method === "POST" ? await bodyOf(req, res, tools) : { value: null, text: "" };
    const account = tools.executor.memory.open();
    res.once("close", () => account.release());
    const { ctx } = requestContext(res, principal);
    const answer = await operation.run({ ctx, body, account });
    if ("json" in answer) sendText(res, answer.json);
    else if (account.isLarge) await sendJsonInParts(res, 200, answer.value, { ctx, clock: tools.clock });
    else sendJson(res, 200, answer.value);
  };
}

async function bodyOf(req: Request, res: Response, { body }: SurfaceTools): Promise<Body> {
  const limitBytes = Math.min(body.limitBytes, BOUNDS.runBodyBytes);
  const text = hasBody(req) ? await readBody(req, res, { ...body, limitBytes }) : "";
  return decodeBody(req.headers["content-type"], text);
}

function sendText(res: Response, json: string): void {
  res.setHeader("content-type", "application/json; charset=utf-8");
  res.end(json);
}

function methodNotAllowed(path: string, method: string): RequestHandler {
  return (_req, res) => {
    stateOf(res).route = path;
    res.setHeader("allow", method);
    sendJson(res, 405, { detail: "Method Not Allowed" });
  };
}

/** Errors of the dialect's paths, those of the server's own checks included, as `{detail}`; others are passed on. */
function answerErrors(operations: Operations): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const operation = Object.hasOwn(operations, req.path) ? operations[req.path] : undefined;
    if (!operation) {
      next(error);
      return;
    }
    const state = stateOf(res);
    const refusal = refusalOf(error);
    if (SandlotError.is(error) || !refusal) state.error = error;
    if (res.headersSent || res.destroyed || isGone(error)) {
      res.destroy();
      return;
    }
    if (!req.complete) drain(req);
    if (!refusal && operation.fault) {
      sendJson(res, 200, operation.fault(faultMessage(error, state.id)));
      return;
    }
    const retryAfter = SandlotError.is(error) ? retryAfterOf(error) : null;
    if (retryAfter !== null) res.setHeader("retry-after", String(retryAfter));
    if (refusal) sendJson(res, refusal.status, { detail: refusal.detail });
    else sendJson(res, 500, { detail: faultMessage(error, state.id) });
  };
}
