import express, { type Express } from "express";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/logger.ts";
import { hostCheck } from "./middleware/host-check.ts";
import { originCheck } from "./middleware/origin-check.ts";
import { refuseWhenStopping } from "./middleware/refuse-when-stopping.ts";
import { requestRecord } from "./middleware/request-record.ts";
import { securityHeaders } from "./middleware/security-headers.ts";
import { newRequestId } from "./request-id.ts";

export interface BaseAppOptions {
  /** The bound host and every other name that requests may address the server by; loopback names always pass. */
  readonly hosts: readonly string[];
  readonly logger: Logger;
  readonly clock: Clock;
  readonly newRequestId?: () => string;
  /** From when this says so, requests are refused. */
  readonly isStopping: () => boolean;
}

/** What every HTTP application of ours begins with: the record of each request, and the checks of Host and Origin. */
export function baseApp(options: BaseAppOptions): Express {
  const { hosts, logger, clock, isStopping } = options;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.enable("case sensitive routing");
  app.enable("strict routing");
  app.use(requestRecord({ logger, clock, newRequestId: options.newRequestId ?? (() => newRequestId(clock.now())) }));
  app.use(securityHeaders(), hostCheck(hosts), originCheck());
  app.use(refuseWhenStopping(isStopping));
  return app;
}
