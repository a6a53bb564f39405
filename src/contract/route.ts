import type { z } from "zod";
import type { Scope } from "../core/context.ts";

/** One operation of the API. Server, client and OpenAPI document derive from the table of them and nothing else. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Path with `{parameters}`. */
  readonly path: string;
  readonly summary: string;
  /** What the caller's key must allow; null for open routes. */
  readonly scope: Scope | null;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  /** `lines` takes application/x-ndjson, which the handler reads as it comes. */
  readonly body?: z.ZodType | "lines";
  /** Bytes of a body at most. Default: the server's bound. */
  readonly bodyBytes?: number;
  /** Milliseconds that a handler may take. Default: the server's; streams have no limit. */
  readonly timeoutMs?: number;
  /** Whether it counts against a quota of the caller's (`quota_exceeded`). Default false. */
  readonly hasQuota?: boolean;
  readonly status: 200 | 201;
  /** JSON answer; `events` answers text/event-stream, `lines` application/x-ndjson. */
  readonly response: z.ZodType | "events" | "lines";
}
