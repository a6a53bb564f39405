import type { ErrorRequestHandler, RequestHandler } from "express";
import type { Clock } from "../core/clock.ts";
import type { Executor } from "./execution/executor.ts";
import type { Authenticate } from "./middleware/authenticate.ts";
import type { ReadBodyOptions } from "./middleware/read-body.ts";

/** What the server lends to other people's protocols beside its own API. */
export interface SurfaceTools {
  readonly authenticate: Authenticate;
  readonly body: ReadBodyOptions;
  readonly executor: Executor;
  readonly clock: Clock;
}

/** Another protocol: its handlers, behind the checks of Host and Origin, and what answers the errors of its paths. */
export type Surface = (tools: SurfaceTools) => readonly (RequestHandler | ErrorRequestHandler)[];
