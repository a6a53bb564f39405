import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, Server as NetServer } from "node:net";
import { sleep } from "../../core/clock.ts";
import { LISTEN_BACKLOG } from "../../core/listen-backlog.ts";
import { randomHex } from "../../core/random-hex.ts";
import { Strikes } from "./faults/strikes.ts";
import { HttpMetrics } from "./metrics/http-metrics.ts";
import { metricsPage } from "./metrics/page.ts";
import type { Replica } from "./replica/replica.ts";
import { bodyText } from "./http/body-text.ts";
import { Exchange } from "./http/exchange.ts";
import { HttpError } from "./http/http-error.ts";
import { type Route, ROUTES } from "./routes/table.ts";

/** Paths that ask for the key; the rest is open, as in vLLM. */
const GUARDED = /^\/(?:v1|v2|inference|cohere)(?:\/|$)/;
/** Time that answers at a shutdown have to go out. */
const SHUTDOWN_MS = 2000;
const NO_STRIKES = new Strikes(null);

/** The HTTP side of one replica. */
export class ReplicaServer {
  readonly replica: Replica;
  readonly #server: Server;
  readonly #http = new HttpMetrics();
  /** By path, then by method. */
  readonly #routes = new Map<string, Map<string, Route>>();
  #closed: Promise<void> | null = null;
  /** Calls that are not answered yet. */
  #active = 0;
  #whenIdle: (() => void) | null = null;

  constructor(replica: Replica) {
    const { devMode, faultRoutes, keepAliveMs } = replica.settings;
    this.replica = replica;
    for (const route of ROUTES) {
      if ((route.kind === "development" && !devMode) || (route.kind === "mock" && !faultRoutes)) continue;
      const methods = this.#routes.get(route.path) ?? new Map<string, Route>();
      this.#routes.set(route.path, methods.set(route.method, route));
    }
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.keepAliveTimeout = keepAliveMs;
  }

  /** Rejects with the socket's error when it can't listen. Answers the base URL, without `/v1`. */
  async listen(host: string, port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ port, host, backlog: LISTEN_BACKLOG }, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
    const address = this.#server.address() as AddressInfo;
    return `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;
  }

  /** As vLLM at SIGTERM: what runs is answered with what it has, then all ends. Idempotent. */
  async shutdown(): Promise<void> {
    // Not http's own close: it cuts answers whose last bytes are still on their way.
    NetServer.prototype.close.call(this.#server);
    this.replica.driver.abort();
    const answered = new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
      if (this.#active === 0) resolve();
    });
    await Promise.race([answered, sleep(this.replica.settings.clock, SHUTDOWN_MS)]);
    await this.close();
  }

  /** Ends all connections. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
      this.replica.close();
    });
    return this.#closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { faults, settings } = this.replica;
    const url = urlOf(request);
    // What turns the fault off stays reachable.
    if (faults.away && !url.pathname.startsWith("/mock/")) {
      request.socket.resetAndDestroy();
      return;
    }
    const started = settings.clock.monotonic();
    const methods = this.#routes.get(url.pathname);
    response.setHeader("x-request-id", request.headers["x-request-id"] ?? randomHex(16));
    this.#active++;
    response.once("close", () => {
      if (--this.#active === 0) this.#whenIdle?.();
    });
    response.once("finish", () => {
      const handler = methods ? url.pathname : "none";
      const seconds = (settings.clock.monotonic() - started) / 1000;
      this.#http.observe(handler, request.method ?? "", response.statusCode, seconds);
      const closing = faults.strike("close-idle");
      if (closing) settings.clock.after(closing.after_ms, () => request.socket.destroy());
    });
    try {
      await this.#answer(request, response, url, methods);
    } catch (error) {
      this.#refuse(url, request, response, error);
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    methods: ReadonlyMap<string, Route> | undefined,
  ): Promise<void> {
    const { settings, adminCalls } = this.replica;
    if (
      settings.apiKey !== null &&
      GUARDED.test(url.pathname) &&
      request.headers.authorization !== `Bearer ${settings.apiKey}`
    ) {
      sendJson(response, 401, { error: "Unauthorized" });
      return;
    }
    if (url.pathname === "/metrics" && request.method === "GET") {
      response.writeHead(200, { "content-type": "text/plain; version=1.0.0; charset=utf-8" });
      response.end(metricsPage(this.replica, this.#http));
      return;
    }
    const route = methods?.get(request.method ?? "");
    if (!route) {
      if (methods) sendJson(response, 405, { detail: "Method Not Allowed" }, { allow: [...methods.keys()].join(", ") });
      else sendJson(response, 404, { detail: "Not Found" });
      return;
    }
    const text = await bodyText(request, settings.maxBodyBytes);
    if (text === null) throw new HttpError(413, `The body is larger than ${settings.maxBodyBytes} bytes.`);
    if (route.kind === "development") adminCalls.set(route.path, (adminCalls.get(route.path) ?? 0) + 1);
    const strikes = route.kind === "generation" ? this.#strike(request) : NO_STRIKES;
    if (!strikes) return;
    await route.handle(new Exchange({ replica: this.replica, request, response, url, text, strikes }));
  }

  /** What goes wrong with a generation call; null when it gets no answer at all. */
  #strike({ socket }: IncomingMessage): Strikes | null {
    const { faults } = this.replica;
    if (faults.strike("never-answer")) return null;
    if (faults.on("draining")) throw new HttpError(500, "cannot schedule new futures after shutdown");
    const status = faults.strike("status");
    if (status) {
      const headers = status.retry_after === undefined ? {} : { "retry-after": String(status.retry_after) };
      throw new HttpError(status.status, "A fault that was asked for.", { headers });
    }
    const strikes = new Strikes(faults);
    if (strikes.get("reset")?.at !== "before-headers") return strikes;
    socket.resetAndDestroy();
    return null;
  }

  #refuse(url: URL, request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (response.destroyed || response.writableEnded) return;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const refused =
      error instanceof HttpError ? error : new HttpError(500, error instanceof Error ? error.message : String(error));
    const { type, message, status, headers } = refused;
    // Anthropic's dialect has errors of its own.
    const body = url.pathname.startsWith("/v1/messages")
      ? { type: "error", error: { type, message } }
      : refused.body({ flat: this.replica.settings.legacyNames });
    // What is left of a body that was not read would be taken for the next request.
    sendJson(response, status, body, request.complete ? headers : { ...headers, connection: "close" });
  }
}

/** A path that is no URL names nothing. */
function urlOf(request: IncomingMessage): URL {
  const { url = "/" } = request;
  return new URL(URL.canParse(url, "http://replica") ? url : "/", "http://replica");
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
