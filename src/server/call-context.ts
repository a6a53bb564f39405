import { setMaxListeners } from "node:events";
import type { Response } from "express";
import type { CallContext, Principal } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { stateOf } from "./request-state.ts";

/** The context of one request, and the means to end it. */
export interface RequestContext {
  readonly ctx: CallContext;
  /** Aborts the signal with `reason`; only the first call counts. */
  readonly end: (reason: SandlotError) => void;
}

/** A context for a request, with a deadline in epoch milliseconds where one is given: it ends with code `cancelled` when the client goes away before its answer is sent. */
export function requestContext(res: Response, principal: Principal, deadline = Infinity): RequestContext {
  const { trace, logger } = stateOf(res);
  const controller = new AbortController();
  // A batch listens once for each of its cases, and each listener goes with its case.
  setMaxListeners(0, controller.signal);
  const end = (reason: SandlotError) => controller.abort(reason);
  const onClose = () => {
    if (!res.writableFinished) end(new SandlotError("cancelled", { detail: "the client closed the connection" }));
  };
  if (res.destroyed) onClose();
  else res.once("close", onClose);
  return { ctx: { signal: controller.signal, deadline, principal, trace, logger }, end };
}
