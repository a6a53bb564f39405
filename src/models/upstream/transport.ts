import type { Readable } from "node:stream";
import { buildConnector, Pool } from "undici";
import { Pools } from "./pools.ts";
import { type HttpAnswer, WholeAnswer } from "./whole-answer.ts";

export interface TransportOptions {
  readonly origin: string;
  readonly connectTimeoutMs: number;
  readonly connections: number;
  readonly maxBodyBytes: number;
}

/** Text, or what writes it once it is sent: a long one need not be held until it is answered. */
export type Body = string | (() => string);

/** HTTP to one origin over kept-alive connections. */
export interface Transport {
  /** Posts a body, or gets where it is null, and reads the whole answer. Rejects with undici's or the socket's error, or the signal's reason. */
  send(signal: AbortSignal, path: string, headers: Record<string, string>, body: Body | null): Promise<HttpAnswer>;
  /** Whether `error` is the loss of a connection that had carried an answer before. */
  lostReused(error: unknown): boolean;
  /** Ends all connections; calls in flight fail. Idempotent. */
  close(): Promise<void>;
}

/** undici's own time limits are off: the signal carries the only limit of a call. */
export function createTransport(options: TransportOptions): Transport {
  const reused = new WeakSet<object>();
  const cutOff = new WeakSet<object>();
  const open = (connections: number) =>
    new Pool(options.origin, {
      connections,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 30_000,
      maxResponseSize: options.maxBodyBytes,
      connect: rememberingConnector(options.connectTimeoutMs, reused),
    });
  const pools = new Pools(options.connections, open);
  return {
    send: (signal, path, headers, body) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const bytes = body === null ? null : Buffer.from(typeof body === "string" ? body : body());
        const place = pools.take();
        const over =
          <T>(settle: (value: T) => void) =>
          (value: T) => {
            place.free();
            settle(value);
          };
        const answer = new WholeAnswer(signal, over(resolve), (error) => {
          place.free();
          // What the socket had read was this very answer: the endpoint has done its work, and may have charged for it.
          if (answer.hasBegun) cutOff.add(error);
          reject(error);
        });
        if (bytes === null) {
          place.pool.dispatch({ path, method: "GET", headers }, answer);
          return;
        }
        const sized = { ...headers, "content-length": String(bytes.length) };
        place.pool.dispatch({ path, method: "POST", headers: sized, body: sentOnce(bytes) }, answer);
      }),
    lostReused: (error) =>
      typeof error === "object" && error !== null && !cutOff.has(error) && (reused.has(error) || readBefore(error)),
    close: () => pools.close(),
  };
}

/** A body that undici lets go of once it is written: an answer may take hours. Its types leave out iterables, which it documents. */
function sentOnce(bytes: Buffer): Readable {
  const chunks = (function* (sent: Buffer): Generator<Buffer> {
    yield sent;
  })(bytes);
  return chunks as unknown as Readable;
}

/**
 * A connector whose sockets note, on a reset, that they had carried something before: undici passes the very
 * error object of the socket on to the request, without saying which socket it was.
 */
function rememberingConnector(timeout: number, reused: WeakSet<object>): buildConnector.connector {
  const connect = buildConnector({ timeout });
  return (options, callback) =>
    connect(options, (...result) => {
      const [, socket] = result;
      socket?.on("error", (error: Error) => {
        if (socket.bytesRead > 0) reused.add(error);
      });
      callback(...result);
    });
}

/** Orderly closes come as undici's SocketError, which carries the socket's counters. */
function readBefore(error: object): boolean {
  const { socket } = error as { socket?: { bytesRead?: number } | null };
  return (socket?.bytesRead ?? 0) > 0;
}
