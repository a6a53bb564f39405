import type { Express, RequestHandler } from "express";
import { type Route, type RouteName, ROUTES } from "../contract/routes.ts";
import { methodNotAllowed } from "./middleware/not-found.ts";
import type { Handlers } from "./route-types.ts";
import { serveRoute, type ServeRouteOptions, type UntypedHandler } from "./serve-route.ts";

const METHODS = { GET: "get", POST: "post", PUT: "put", DELETE: "delete" } as const;

/** Mounts a handler for every route of the table; other methods of the same paths are answered with 405. */
export function registerRoutes(app: Express, handlers: Handlers, options: ServeRouteOptions): void {
  const exact = new Map<string, RequestHandler>();
  // A router tries its paths one after another; those without parameters are found at once.
  app.use((req, res, next) => {
    const served = exact.get(`${req.method} ${req.path}`);
    return served ? served(req, res, next) : next();
  });
  for (const [path, names] of groupByPath()) {
    const mounted = app.route(path.replaceAll(/\{(\w+)\}/g, ":$1"));
    for (const name of names) {
      const route: Route = ROUTES[name];
      // The table ties each handler to its schemas; TypeScript cannot follow it through the loop.
      const handler = handlers[name] as unknown as UntypedHandler;
      const served = serveRoute(route, handler, options);
      mounted[METHODS[route.method]](served);
      if (!path.includes("{")) exact.set(`${route.method} ${path}`, served);
    }
    const methods = names.map((name) => ROUTES[name].method);
    mounted.all(methodNotAllowed(path, methods));
  }
}

function groupByPath(): Map<string, RouteName[]> {
  const groups = new Map<string, RouteName[]>();
  for (const name of Object.keys(ROUTES) as RouteName[]) {
    const { path } = ROUTES[name];
    groups.set(path, [...(groups.get(path) ?? []), name]);
  }
  return groups;
}
