import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, isIP, Server as NetServer } from "node:net";
import { LISTEN_BACKLOG } from "../core/listen-backlog.ts";
import { messageOf, SandlotError } from "../core/errors/sandlot-error.ts";
import { type Clock, sleep, systemClock } from "../core/clock.ts";
import { type Connections, trackConnections } from "./connections.ts";
import type { App } from "./create-app.ts";

/** Longer than the idle limits of common load balancers (60 s), so that they close first and never hit a closed one. */
const KEEP_ALIVE_MS = 65_000;
const HEADERS_MS = 70_000;
/** Time for one whole request to arrive: 256 MiB at about 450 kB/s. */
const REQUEST_MS = 600_000;
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_CONNECTIONS = 10_000;

export interface ServerOptions {
  app: App;
  /** Name or address to bind. */
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Where both are configured, for what is said of an address that can't be had. Default `server.`. */
  settings?: string;
  clock?: Clock;
}

/** A server that listens. */
export interface RunningServer {
  /** Where this machine reaches it. */
  readonly url: string;
  readonly port: number;
  /**
   * Stops accepting, ends idle connections and event streams, waits up to `graceMs` for requests in progress, then cuts
   * what is left. Later calls wait for the first.
   */
  close(graceMs: number): Promise<void>;
}

/** Listens. Throws `invalid_config` when the address cannot be bound. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { app, host, port, settings = "server.", clock = systemClock } = options;
  const listener = app.express as RequestListener;
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, listener);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = REQUEST_MS;
  server.maxConnections = MAX_CONNECTIONS;
  // The reader of the body says "continue" once the request has passed every check that needs no body.
  server.on("checkContinue", listener);
  const connections = trackConnections(server);
  await listen(server, host.replace(/^\[(.*)\]$/, "$1"), port, settings);
  const bound = (server.address() as AddressInfo).port;
  let closed: Promise<void> | undefined;
  return {
    url: `http://${reachable(host)}:${bound}`,
    port: bound,
    close: (graceMs) => (closed ??= close(server, app, connections, graceMs, clock)),
  };
}

function listen(server: Server, host: string, port: number, settings: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const field = settings + (error.code === "EADDRINUSE" || error.code === "EACCES" ? "port" : "host");
      const fields = [{ field, problem: `cannot listen on ${host}:${port}: ${messageOf(error)}` }];
      reject(new SandlotError("invalid_config", { source: field, fields }, { cause: error }));
    });
    server.listen({ port, host, backlog: LISTEN_BACKLOG }, resolve);
  });
}

async function close(server: Server, app: App, connections: Connections, graceMs: number, clock: Clock): Promise<void> {
  // Not http's own close: it cuts answers whose last bytes are still on their way.
  const done = new Promise<void>((resolve) => {
    NetServer.prototype.close.call(server, () => resolve());
  });
  app.stop();
  connections.drain();
  const grace = new AbortController();
  await Promise.race([done, sleep(clock, graceMs, grace.signal).catch(() => undefined)]);
  grace.abort();
  server.closeAllConnections();
  await done;
  // Ends http's own timer; the error that it is closed already is expected.
  server.close(() => undefined);
}

/** A host for URLs: a wildcard address is reached by loopback. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return isIP(host) === 6 ? `[${host}]` : host;
}
