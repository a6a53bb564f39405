import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type Clock, sleep, systemClock } from "../../core/clock.ts";
import { createAnswerBook, type ReplayRecording } from "./answer-book.ts";
import { generationReply, modelsReply, refuse, type Reply } from "./replies.ts";

export interface ReplayOptions {
  readonly recordings: Iterable<ReplayRecording>;
  /** Default `127.0.0.1`. The server asks for no key and is not meant for other addresses than loopback. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** The name of its model. Default `replay`. */
  readonly model?: string;
  /** Milliseconds each answer waits. Default 0. */
  readonly delayMs?: number;
  /** Largest request body in bytes. Default 64 MiB. */
  readonly maxBodyBytes?: number;
  readonly clock?: Clock;
}

export interface ReplayModel {
  /** Base URL, with `/v1`. */
  readonly url: string;
  /** Ends all connections. Idempotent. */
  stop(): Promise<void>;
}

/**
 * The built-in replay model: an OpenAI-compatible server that answers recorded tasks with recorded attempts, so
 * that everything around a model can be tried without one. Every answer says what it is, usage is an estimate, and
 * there are no token ids: nothing of it is for training. Sampling parameters are ignored. Rejects with the
 * socket's error when it can't listen.
 */
export async function startReplayModel(options: ReplayOptions): Promise<ReplayModel> {
  const { host = "127.0.0.1", port = 0, model = "replay", delayMs = 0, clock = systemClock } = options;
  const maxBodyBytes = options.maxBodyBytes ?? 64 * 1024 * 1024;
  const book = createAnswerBook(options.recordings);
  const stopping = new AbortController();

  const replyTo = async (request: IncomingMessage): Promise<Reply> => {
    const path = (request.url ?? "").replace(/\?.*$/s, "");
    const api = GENERATION_ROUTES.get(path);
    if (path !== "/v1/models" && api === undefined) return refuse(404, `Invalid URL (${request.method} ${path})`);
    if (request.method !== (api === undefined ? "GET" : "POST"))
      return refuse(405, `${request.method} is not allowed here.`);
    if (api === undefined) return modelsReply(model);
    const text = await bodyText(request, maxBodyBytes);
    if (text === null) return refuse(413, `The body is larger than ${maxBodyBytes} bytes.`, "payload_too_large");
    const reply = generationReply(api, text, model, book, Math.floor(clock.now() / 1000));
    if (delayMs > 0) await sleep(clock, delayMs, stopping.signal);
    return reply;
  };

  const server = createServer((request, response) => {
    replyTo(request).then(
      ({ status, body }) => {
        // What is left of a refused body would be read as the next request.
        if (!request.complete) response.setHeader("connection", "close");
        response.writeHead(status, { "content-type": "application/json", "x-sandlot-replay": "true" });
        response.end(JSON.stringify(body));
      },
      // The client left, or the server stops: nobody is there to be told.
      () => response.destroy(),
    );
  });
  // Longer than clients keep idle connections, so that they are not closed under a request.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve());
  });
  const address = server.address() as AddressInfo;
  const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopping.abort(new Error("the replay model stops"));
    return new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  };
  return { url: `http://${name}:${address.port}/v1`, stop: () => (stopped ??= stop()) };
}

const GENERATION_ROUTES: ReadonlyMap<string, "responses" | "chat"> = new Map([
  ["/v1/responses", "responses"],
  ["/v1/chat/completions", "chat"],
]);

/** The body as text, or null when it is larger than `limit` bytes. Bytes that are not UTF-8 make it invalid JSON. */
async function bodyText(request: IncomingMessage, limit: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
