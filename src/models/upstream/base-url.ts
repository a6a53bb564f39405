import { SandlotError } from "../../core/errors/sandlot-error.ts";

/** Where an endpoint is: an origin for the connection pool, and what frames the path of each route. */
export interface BaseUrl {
  readonly origin: string;
  /** The path of a route below the version, e.g. of `/responses`. */
  route(route: string): string;
  /** The path of one beside the version, e.g. of `/tokenize`; it may have a query. */
  root(path: string): string;
}

const VERSION = /^v\d+(?:alpha|beta)?\d*$/;

/**
 * Reads a configured URL. `/v1` is appended when no path segment names a version, so that both
 * `http://host:8000` and `http://host:8000/v1` mean the same. Throws `invalid_config`.
 */
export function parseBaseUrl(name: string, url: string): BaseUrl {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !["http:", "https:"].includes(parsed.protocol)) {
    const problem = "must be a URL that starts with http:// or https://";
    throw new SandlotError("invalid_config", {
      source: "configuration",
      fields: [{ field: `models.${name}.url`, problem }],
    });
  }
  const trimmed = parsed.pathname.replace(/\/+$/, "");
  const segments = trimmed.split("/");
  const at = segments.findLastIndex((segment) => VERSION.test(segment));
  const base = at < 0 ? `${trimmed}/v1` : trimmed;
  const root = at < 0 ? trimmed : segments.slice(0, at).join("/");
  const search = parsed.search.slice(1);
  const withSearch = (path: string) => (search === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${search}`);
  return {
    origin: parsed.origin,
    route: (route) => withSearch(`${base}${route}`),
    root: (path) => withSearch(`${root}${path}`),
  };
}
