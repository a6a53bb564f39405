import type { RequestHandler } from "express";
import type { Clock } from "../../core/clock.ts";
import { newTrace } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import { LazyLogger } from "../lazy-logger.ts";
import { beginState, type RequestState } from "../request-state.ts";

export interface RequestRecordOptions {
  logger: Logger;
  clock: Clock;
  newRequestId: () => string;
}

/**
 * Gives each request its id (a sane incoming `x-request-id`, else a new one), trace and logger, and writes one flat
 * log record when it is over. Paths are logged without their query.
 */
export function requestRecord({ logger, clock, newRequestId }: RequestRecordOptions): RequestHandler {
  return (req, res, next) => {
    const incoming = req.get("x-request-id");
    const id = incoming !== undefined && /^[\w.:-]{1,128}$/.test(incoming) ? incoming : newRequestId();
    const trace = validTrace(req.get("traceparent")) ?? newTrace();
    const state = beginState(res, { id, trace, logger: new LazyLogger(logger, { request_id: id }) });
    const started = clock.monotonic();
    res.setHeader("x-request-id", id);
    res.once("close", () => {
      const fields = {
        request_id: id,
        method: req.method,
        path: req.path,
        route: state.route,
        status: res.headersSent ? res.statusCode : null,
        complete: res.writableFinished,
        duration_ms: Math.round(clock.monotonic() - started),
        bytes_in: state.bytesIn,
        tenant: state.tenant,
        caller: state.caller,
        remote: req.socket.remoteAddress ?? null,
        trace,
        ...errorFields(state.error, res.writableFinished),
      };
      logger[levelOf(state, req.path)](fields, "request");
    });
    next();
  };
}

/** An incoming W3C `traceparent` of version 00, when it is valid. */
function validTrace(header: string | undefined): string | undefined {
  const match = header?.match(/^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/);
  return match && !/^0+$/.test(match[1] ?? "") && !/^0+$/.test(match[2] ?? "") ? header : undefined;
}

function errorFields(error: unknown, isComplete: boolean): Record<string, unknown> {
  // A client that goes away is recorded before the handler that it ends has thrown.
  if (error === undefined) return isComplete ? {} : { code: "cancelled" };
  if (!SandlotError.is(error)) return { code: "internal", error };
  // Only our own faults need a stack; what a caller did wrong is told by its message.
  return error.code === "internal" ? { code: error.code, error } : { code: error.code, error_message: error.message };
}

function levelOf(state: RequestState, path: string): "debug" | "info" | "error" {
  if (state.error !== undefined && (!SandlotError.is(state.error) || state.error.code === "internal")) return "error";
  // Probes come every few seconds and say nothing while they are answered.
  return path === "/healthz" || path === "/readyz" ? "debug" : "info";
}
