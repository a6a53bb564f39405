import type { z } from "zod";
import { ErrorBody } from "../contract/errors.ts";
import { type Route, type RouteName, ROUTES } from "../contract/routes.ts";
import { rootContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { pathOf } from "./call-route.ts";
import { errorOfBody, foreignAnswer, unreachable } from "./errors.ts";
import { readEventStream, type StreamMessage } from "./event-stream.ts";
import { orUnreachable, type Transport } from "./transport.ts";

export interface StreamOptions {
  /** Aborting it, and leaving the loop over the events, cancels the work. */
  signal?: AbortSignal | undefined;
}

/** Names of the routes that answer a POST with events. */
type StreamRoute = {
  [N in RouteName]: (typeof ROUTES)[N] extends { method: "POST"; response: "events" } ? N : never;
}[RouteName];

interface EventsRequest {
  readonly params?: Readonly<Record<string, string>>;
  readonly body: string;
  readonly options?: StreamOptions | undefined;
}

/**
 * Events of a route that answers a request with them, until one of the kind `last`. Throws the server's error; ends the
 * connection when the reader stops before, and a connection that breaks is not made again.
 */
export async function* callEvents<E extends { readonly type: string }>(
  transport: Transport,
  name: StreamRoute,
  last: E["type"],
  { params, body, options: { signal: outer } = {} }: EventsRequest,
  read: (message: StreamMessage, url: string) => E | undefined,
): AsyncGenerator<E> {
  const route: Route = ROUTES[name];
  const { method } = route;
  const path = pathOf(route, params === undefined ? {} : { params });
  const url = transport.urlOf(path);
  const controller = new AbortController();
  const { signal } = rootContext({ signal: controller.signal });
  const onAbort = () => controller.abort(outer?.reason);
  if (outer?.aborted) onAbort();
  outer?.addEventListener("abort", onAbort, { once: true });
  try {
    const answer = await transport.send({ method, path, body, signal, headers: { accept: "text/event-stream" } });
    const messages = readEventStream(answer.body);
    for (;;) {
      const step = await orUnreachable(url, signal, messages.next());
      if (step.done) throw unreachable(url, new Error("the stream ended before the work did"));
      if (step.value.event === "error") throw errorOfBody(valueOf(ErrorBody, step.value.data, url));
      const event = read(step.value, url);
      if (!event) continue;
      yield event;
      if (event.type === last) return;
    }
  } finally {
    outer?.removeEventListener("abort", onAbort);
    controller.abort(new SandlotError("cancelled", { detail: "the reader of the events has stopped" }));
  }
}

/** The value of an event; throws that the answer is not one of Sandlot's. */
export function valueOf<T>(schema: z.ZodType<T>, data: string, url: string): T {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw foreignAnswer(url, "an event that is not JSON");
  }
  const result = schema.safeParse(value);
  if (!result.success) throw foreignAnswer(url, result.error.message);
  return result.data;
}
