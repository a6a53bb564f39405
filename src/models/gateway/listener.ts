import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createByteBudget } from "../../core/byte-budget.ts";
import type { Clock } from "../../core/clock.ts";
import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";
import { LISTEN_BACKLOG } from "../../core/listen-backlog.ts";
import type { Logger } from "../../core/logger.ts";
import { servedAnthropic, servedChat, type ServedDialect, servedResponses } from "../dialects/index.ts";
import { serveCall, type ServeCallOptions, serveTokenizer } from "./serve-call.ts";
import type { TokenizerPath } from "../port.ts";
import type { GatewayObserver } from "../metrics/observers.ts";
import type { GatewaySession } from "./session.ts";
import type { GatewaySessions } from "./sessions.ts";

export interface GatewayListenerOptions {
  readonly sessions: GatewaySessions;
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Bytes of one request's body. Default 64 MiB. */
  readonly bodyBytes?: number | undefined;
  /** Bytes of all bodies held at once. Default 1 GiB. */
  readonly bodyBytesInAll?: number | undefined;
  readonly keepAliveMs?: number | undefined;
  readonly observer?: GatewayObserver | undefined;
}

const DIALECTS: ReadonlyMap<string, ServedDialect> = new Map(
  [servedResponses, servedChat, servedAnthropic].map((dialect) => [`/v1${dialect.route}`, dialect]),
);
const TOKENIZER: readonly TokenizerPath[] = ["/tokenize", "/detokenize"];
/** `/r/<token>` and what follows; the token is never logged. */
const PATH = /^\/r\/([A-Za-z0-9_-]{16,128})(\/[^?]*)(?:\?.*)?$/;

/**
 * The rollout gateway: each session has its own base URL, `http://host:port/r/<token>/v1`, which stands for one trajectory
 * and gives access to nothing else. Agents of OpenAI's and Anthropic's APIs are pointed at it and know nothing of it.
 */
export class GatewayListener {
  readonly #server: Server;
  readonly #sessions: GatewaySessions;
  readonly #calls: ServeCallOptions;
  readonly #observer: GatewayObserver | undefined;

  private constructor(options: GatewayListenerOptions) {
    const { sessions, clock, logger, keepAliveMs, bodyBytes = 64 << 20, bodyBytesInAll = 1 << 30 } = options;
    this.#sessions = sessions;
    this.#observer = options.observer;
    const body = { limitBytes: bodyBytes, budget: createByteBudget(bodyBytesInAll) };
    this.#calls = { body, clock, logger, keepAliveMs };
    // A generation may take hours: only the head of a request has a time limit.
    this.#server = createServer({ requestTimeout: 0, headersTimeout: 60_000, keepAliveTimeout: 75_000 }, (req, res) => {
      void this.#serve(req, res);
    });
  }

  /** Listens. Rejects with the socket's error. */
  static async start(options: GatewayListenerOptions): Promise<GatewayListener> {
    const listener = new GatewayListener(options);
    listener.#server.listen({ port: options.port, host: options.host, backlog: LISTEN_BACKLOG });
    await once(listener.#server, "listening");
    return listener;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends all connections; calls in flight end. Idempotent. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    res.on("error", (error) => this.#calls.logger.debug({ problem: messageOf(error) }, "an answer could not be sent"));
    const [, token = "", path = ""] = PATH.exec(req.url ?? "") ?? [];
    const dialect = DIALECTS.get(path);
    const session = this.#sessions.find(token);
    if (!session) return refuse(res, dialect ?? servedChat, new SandlotError("unauthorized", { detail: NO_SESSION }));
    const known = dialect !== undefined || TOKENIZER.some((one) => one === path) || path === "/v1/models";
    this.#observe(res, session.model, known ? path : "other");
    if (dialect && req.method === "POST") return serveCall(req, res, session, dialect, this.#calls);
    const tokenizer = TOKENIZER.find((one) => one === path);
    if (tokenizer && req.method === "POST") return serveTokenizer(req, res, session, tokenizer, this.#calls);
    if (path === "/v1/models" && req.method === "GET") return sendModels(res, session);
    refuse(res, dialect ?? servedChat, known ? wrongMethod(req, path) : notServed(path));
  }

  #observe(res: ServerResponse, model: string, route: string): void {
    const observer = this.#observer;
    if (!observer) return;
    const { clock } = this.#calls;
    const started = clock.monotonic();
    res.once("close", () => {
      const status = res.writableFinished ? String(res.statusCode) : "gone";
      observer.served({ model, route, status, ms: clock.monotonic() - started });
    });
  }
}

const NO_SESSION = "the URL names no open model session";

function wrongMethod({ method = "" }: IncomingMessage, path: string): SandlotError {
  return new SandlotError("method_not_allowed", { method, path });
}

function notServed(path: string): SandlotError {
  return new SandlotError("not_found", { kind: "path", id: path });
}

function refuse(res: ServerResponse, dialect: ServedDialect, error: SandlotError): void {
  const { status, headers, body } = dialect.failure(error);
  // What was not read is not waited for.
  res.writeHead(status, { ...headers, connection: "close" }).end(body);
}

function sendModels(res: ServerResponse, { names }: GatewaySession): void {
  const data = [...names].map((id) => ({ id, object: "model", created: 0, owned_by: "sandlot" }));
  const body = JSON.stringify({ object: "list", data });
  res.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) }).end(body);
}
