import type { RequestHandler } from "express";
import { ROUTES } from "../contract/routes.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import type { Logger } from "../core/logger.ts";
import { baseApp } from "./base-app.ts";
import type { App } from "./create-app.ts";
import { type ProbeOptions, probes } from "./handlers/health.ts";
import { serveMetrics } from "./metrics-surface.ts";
import { answerErrors } from "./middleware/answer-errors.ts";
import { authentication, type AuthOptions } from "./middleware/authenticate.ts";
import { notFound } from "./middleware/not-found.ts";
import { sendJson } from "./send-json.ts";

export interface HealthAppOptions extends ProbeOptions {
  /** What `/metrics` answers, for the scope `admin`. */
  readonly metrics: () => Promise<string>;
  readonly auth: AuthOptions;
  /** As those of the API. */
  readonly hosts: readonly string[];
  readonly logger: Logger;
  readonly clock?: Clock;
}

/** Probes and metrics of a process without an API. */
export function createHealthApp(options: HealthAppOptions): App {
  const { metrics, auth, hosts, logger, clock = systemClock } = options;
  let stopping = false;
  const app = baseApp({ hosts, logger, clock, isStopping: () => stopping });
  const answers = probes(options);
  const serve = (answer: () => Promise<{ readonly status: number; readonly body: object }>): RequestHandler => {
    return async (_req, res) => {
      const { status, body } = await answer();
      sendJson(res, status, body);
    };
  };
  app.get(
    ROUTES.health.path,
    serve(() => answers.health()),
  );
  app.get(
    ROUTES.ready.path,
    serve(() => answers.ready()),
  );
  app.use(serveMetrics(metrics, authentication(auth)));
  app.use(notFound(), answerErrors());
  return { express: app, stop: () => (stopping = true) };
}
