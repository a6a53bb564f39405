import { connect } from "node:net";
import { type IncomingHttpHeaders, request } from "node:http";
import { afterEach } from "vitest";
import type { LogFields, Logger } from "../../../src/core/logger.ts";
import { type App, type AppOptions, createApp } from "../../../src/server/create-app.ts";
import { type RunningServer, startServer } from "../../../src/server/start-server.ts";
import { memoryExecution, type MemoryExecution } from "./memory-execution.ts";
import { memoryJobs, type MemoryJobs } from "./memory-jobs.ts";
import { memoryPools, type MemoryPools } from "./memory-pools.ts";

export interface LogRecord extends LogFields {
  readonly level: string;
  readonly message: string;
}

/** A logger that keeps its records, child fields merged in. */
export function recordingLogger(records: LogRecord[], fixed: LogFields = {}): Logger {
  const at = (level: string) => (fields: LogFields, message: string) => {
    records.push({ ...fixed, ...fields, level, message });
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => recordingLogger(records, { ...fixed, ...fields }),
  };
}

export interface Harness {
  readonly jobs: MemoryJobs;
  readonly execution: MemoryExecution;
  readonly pools: MemoryPools;
  readonly app: App;
  readonly server: RunningServer;
  readonly records: LogRecord[];
  readonly send: (options: SendOptions) => Promise<Reply>;
}

export interface SendOptions {
  method?: string;
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The error of an error body. */
  readonly error: { code: string; message: string; context: Record<string, unknown>; hint: string; retry: string };
  readonly json: Record<string, unknown>;
}

const open: RunningServer[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close(0)));
});

/** A listening server over services in memory; closed after the test. */
export async function serve(options: Partial<AppOptions> = {}): Promise<Harness> {
  const jobs = memoryJobs();
  const execution = memoryExecution();
  const pools = memoryPools();
  const records: LogRecord[] = [];
  const app = createApp({
    jobs,
    execution,
    pools,
    verification: null,
    fleets: null,
    gateway: null,
    groups: null,
    rescores: null,
    readings: null,
    submissions: null,
    removal: null,
    environments: async () => [
      {
        name: "math",
        description: "d",
        licence: "Apache-2.0",
        agent: "simple",
        tools: [],
        reward_range: [0, 1],
        datasets: [],
      },
    ],
    taskIds: async (_ctx, environment, dataset = "tasks") => [1, 2, 3].map((at) => `${environment}/${dataset}/${at}`),
    models: () => [{ name: "default", upstream: "m", replay: false, down: false }],
    ready: async () => ({ database: "ok" }),
    version: "0.0.0-test",
    auth: { keys: [] },
    hosts: ["127.0.0.1"],
    logger: recordingLogger(records),
    validateResponses: true,
    ...options,
  });
  const server = await startServer({ app, host: "127.0.0.1", port: 0 });
  open.push(server);
  return { jobs, execution, pools, app, server, records, send: (sent) => send(server.port, sent) };
}

/** One request with exactly these headers. */
export function send(port: number, { method, path, headers = {}, body }: SendOptions): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const verb = method ?? (body === undefined ? "GET" : "POST");
    const type = body === undefined ? {} : { "content-type": "application/json" };
    const req = request({
      host: "127.0.0.1",
      port,
      path,
      method: verb,
      headers: { ...type, ...headers },
      agent: false,
    });
    req.on("error", reject);
    req.on("response", (res) => {
      const chunks: Buffer[] = [];
      res.on("data", (chunk: Buffer) => chunks.push(chunk));
      res.on("error", reject);
      res.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const json = (text.startsWith("{") ? JSON.parse(text) : {}) as Record<string, unknown>;
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers,
          text,
          json,
          error: json["error"] as Reply["error"],
        });
      });
    });
    req.end(body);
  });
}

/** What a server answers to exactly these bytes, until it closes the connection. */
export function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString()));
    socket.on("error", reject);
    socket.on("close", () => resolve(text));
  });
}

/** Resolves when `condition` holds; the test's own time limit is the only one. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
