import type { z } from "zod";
import { type Route, type RouteName, ROUTES } from "../contract/routes.ts";
import { rootContext, withScope } from "../core/context.ts";
import { foreignAnswer } from "./errors.ts";
import { orUnreachable, type Transport } from "./transport.ts";

/** Milliseconds for a call when nobody says otherwise. */
const DEFAULT_TIMEOUT_MS = 60_000;

/** What every method of the client takes last. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** Milliseconds for the whole call. Default 60 s; for `submitJob`, which may carry 256 MiB, ten minutes. */
  timeoutMs?: number | undefined;
}

/** A page of a list. */
export interface ListQuery {
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  limit?: number | undefined;
}

type QueryValue = string | number | boolean;

/** The parts of a call; what is undefined is left out. */
export interface CallParts {
  readonly params?: Readonly<Record<string, string>>;
  /** A list is given as several parameters of one name. */
  readonly query?: Readonly<Record<string, QueryValue | readonly QueryValue[] | undefined>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | AsyncIterable<Uint8Array>;
  /** Statuses of 400 and above whose body is the route's answer too. */
  readonly alsoTaken?: readonly number[];
}

/** Names of the routes that answer JSON. */
type JsonRoute = { [N in RouteName]: (typeof ROUTES)[N]["response"] extends z.ZodType ? N : never }[RouteName];
/** What a route answers. */
export type AnswerOf<N extends JsonRoute> = z.output<(typeof ROUTES)[N]["response"]>;

/** The path of a route with its parameters and query filled in. */
export function pathOf(route: Route, { params = {}, query = {} }: CallParts): string {
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  const search = new URLSearchParams();
  for (const [name, values] of Object.entries(query)) {
    for (const value of [values].flat()) if (value !== undefined) search.append(name, String(value));
  }
  return search.size > 0 ? `${path}?${search.toString()}` : path;
}

/** Calls one route. Throws the server's error, `deadline_exceeded`, the signal's reason, or that no server is there. */
export async function callRoute<N extends JsonRoute>(
  transport: Transport,
  name: N,
  parts: CallParts,
  options: CallOptions = {},
): Promise<AnswerOf<N>> {
  const route: Route = ROUTES[name];
  const path = pathOf(route, parts);
  const url = transport.urlOf(path);
  const limit = {
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    waitingFor: `${route.method} ${url}`,
    clock: transport.clock,
  };
  // Not through rootContext's option, which changes the signal it is given: this one is the caller's.
  const own = rootContext();
  const root = { ...own, signal: options.signal ?? own.signal };
  return withScope(root, limit, async ({ signal }) => {
    const { method } = route;
    const headers = defined(parts.headers ?? {});
    const body = parts.body === undefined ? {} : { body: parts.body };
    const answer = await transport.send({ method, path, headers, signal, ...body }, parts.alsoTaken);
    const value: unknown = await orUnreachable(url, signal, answer.body.json());
    const result = (route.response as z.ZodType).safeParse(value);
    if (!result.success) throw foreignAnswer(url, result.error.message);
    return result.data as AnswerOf<N>;
  });
}

function defined(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
