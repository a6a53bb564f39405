import type { Response } from "express";
import type { Logger } from "../core/logger.ts";

/** What is known about a request while it is served; the request's log record is made of it. */
export interface RequestState {
  readonly id: string;
  readonly logger: Logger;
  /** W3C `traceparent`. */
  readonly trace: string;
  /** Template of the route, once one matched. */
  route: string | null;
  tenant: string | null;
  /** Name of the API key. */
  caller: string | null;
  bytesIn: number;
  /** What ended it, if not an answer. */
  error: unknown;
}

/** Starts the state of a request. */
export function beginState(res: Response, start: Pick<RequestState, "id" | "logger" | "trace">): RequestState {
  const state: RequestState = { ...start, route: null, tenant: null, caller: null, bytesIn: 0, error: undefined };
  (res.locals as { state?: RequestState }).state = state;
  return state;
}

/** The state that `beginState` made; the first middleware makes it for every request. */
export function stateOf(res: Response): RequestState {
  return (res.locals as { state: RequestState }).state;
}
