import type { z } from "zod";
import type { ROUTES, RouteName } from "../contract/routes.ts";
import type { CallContext } from "../core/context.ts";

type RouteOf<N extends RouteName> = (typeof ROUTES)[N];

/** Names in the braces of a path. */
type ParameterNames<P extends string> = P extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterNames<Rest>
  : never;

type Parsed<N extends RouteName, Part extends "query" | "headers" | "body"> =
  RouteOf<N> extends Readonly<Record<Part, infer S extends z.ZodType>> ? z.output<S> : undefined;

/** What a handler receives: everything validated by the route's schemas. */
export interface Input<N extends RouteName> {
  readonly params: Readonly<Record<ParameterNames<RouteOf<N>["path"]>, string>>;
  readonly query: Parsed<N, "query">;
  readonly headers: Parsed<N, "headers">;
  readonly body: Parsed<N, "body">;
  /** The request body exactly as it came; empty when there was none. */
  readonly text: string;
  /** The lines of the body, as they come, of a route that takes lines; of others none. */
  readonly lines: AsyncIterable<string>;
  /** Calls `fn` once the answer has been sent or given up; at once when it has been. */
  readonly onDone: (fn: () => void) => void;
}

/** A JSON answer. */
export interface JsonAnswer<T> {
  /** Default: the route's. */
  readonly status?: number;
  readonly body: T;
  /** Whether it is sent piece by piece, because as one string it could be larger than memory allows. Default false. */
  readonly inParts?: boolean;
}

/** One server-sent event. */
export interface StreamEvent {
  /** Resumes the stream after this event when it comes back as Last-Event-ID. */
  readonly id?: number;
  readonly event: string;
  /** Sent as one line of JSON. */
  readonly data: unknown;
}

/** An answer of server-sent events. */
export interface StreamAnswer {
  readonly events: AsyncIterable<StreamEvent>;
  /** Whether an error that breaks it is told as a last event `error`, with the body of error answers. Default false. */
  readonly tellsErrors?: boolean;
}

/** An answer of lines, each without its end. */
export interface LinesAnswer {
  readonly lines: AsyncIterable<string>;
}

export type Answer<N extends RouteName> = RouteOf<N>["response"] extends z.ZodType
  ? JsonAnswer<z.output<RouteOf<N>["response"]>>
  : RouteOf<N>["response"] extends "lines"
    ? LinesAnswer
    : StreamAnswer;

export type Handler<N extends RouteName> = (ctx: CallContext, input: Input<N>) => Promise<Answer<N>>;

/** One handler for each of these routes. */
export type HandlersOf<N extends RouteName> = { readonly [K in N]: Handler<K> };

/** One handler for every route of the table. */
export type Handlers = HandlersOf<RouteName>;
