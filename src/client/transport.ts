import { Readable } from "node:stream";
import { Agent, type Dispatcher, request } from "undici";
import { type Clock, systemClock } from "../core/clock.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { errorOfAnswer, unreachable } from "./errors.ts";

/** Milliseconds to make a connection. */
const CONNECT_MS = 10_000;

/** An answer whose body is not read yet. */
export type Answer = Dispatcher.ResponseData;

export interface TransportOptions {
  /** Where the server is: `http://127.0.0.1:7461`; a path is kept as a prefix. */
  url: string;
  apiKey?: string | undefined;
  /** undici's connections to use; the client does not close them. Default: its own. */
  dispatcher?: Dispatcher;
  clock?: Clock;
}

export interface WireRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** From the root of the server, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

/** Sends requests to one server. */
export interface Transport {
  readonly clock: Clock;
  /** The full URL of a path. */
  urlOf(path: string): string;
  /** An answer with a status below 300, or one of `alsoTaken`. Throws the server's error, or the signal's reason. */
  send(request: WireRequest, alsoTaken?: readonly number[]): Promise<Answer>;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** A transport; throws `invalid_config` when the URL is none. */
export function createTransport(options: TransportOptions): Transport {
  if (!/^https?:\/\//.test(options.url) || !URL.canParse(options.url)) {
    const problem = `expected an http or https URL, got ${JSON.stringify(options.url)}`;
    throw new SandlotError("invalid_config", { source: "client url", fields: [{ field: "url", problem }] });
  }
  const root = options.url.replace(/\/+$/, "");
  // Time limits are the caller's signals; undici's own would cut quiet event streams.
  const agent = new Agent({ connect: { timeout: CONNECT_MS }, headersTimeout: 0, bodyTimeout: 0 });
  const dispatcher = options.dispatcher ?? agent;
  const authorization = options.apiKey === undefined ? {} : { authorization: `Bearer ${options.apiKey}` };
  const urlOf = (path: string) => `${root}${path}`;
  return {
    clock: options.clock ?? systemClock,
    urlOf,
    async send({ method, path, headers, body, signal }, alsoTaken = []) {
      const url = urlOf(path);
      const content = body === undefined ? {} : { "content-type": "application/json" };
      const sent = {
        method,
        headers: { ...authorization, ...content, ...headers },
        body: bodyOf(body),
        signal,
        dispatcher,
      };
      // Not fetch: on Node 20 it throws for signals whose number of listeners is unbounded, as those of core are.
      const answer = await orUnreachable(url, signal, request(url, sent));
      if (answer.statusCode < 300 || alsoTaken.includes(answer.statusCode)) return answer;
      throw errorOfAnswer(answer.statusCode, await orUnreachable(url, signal, answer.body.text()), url);
    },
    close: () => agent.destroy(),
  };
}

function bodyOf(body: WireRequest["body"]): string | Readable | null {
  if (body === undefined) return null;
  return typeof body === "string" ? body : Readable.from(body, { objectMode: false });
}

/** The promise's value; a failure of the network becomes an error that names the URL. */
export async function orUnreachable<T>(url: string, signal: AbortSignal, promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw unreachable(url, error);
  }
}
