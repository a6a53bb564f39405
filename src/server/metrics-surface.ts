import type { RequestHandler } from "express";
import type { Authenticate } from "./middleware/authenticate.ts";
import type { Surface } from "./surface.ts";

/** What Prometheus expects of its text format. */
const TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** `GET /metrics` for Prometheus. It tells of all tenants' load, so it is for the scope `admin`. */
export function serveMetrics(page: () => Promise<string>, authenticate: Authenticate): RequestHandler {
  return async (req, res, next) => {
    if (req.path !== "/metrics" || (req.method !== "GET" && req.method !== "HEAD")) {
      next();
      return;
    }
    authenticate(req, res, "admin");
    res
      .status(200)
      .type(TYPE)
      .send(await page());
  };
}

/** The same beside the API. */
export function metricsSurface(page: () => Promise<string>): Surface {
  return ({ authenticate }) => [serveMetrics(page, authenticate)];
}
