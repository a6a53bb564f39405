import type { BatchBody, RunInput } from "../contract/execution.ts";
import type { ScaleInput } from "../contract/pools.ts";
import type { CallInput, SessionInput } from "../contract/sessions.ts";
import { type AnswerOf, callRoute, type CallOptions } from "./call-route.ts";
import type { StreamOptions } from "./call-events.ts";
import { type BatchEvent, batchEvents, type RunEvent, runEvents } from "./execution-events.ts";
import type { Transport } from "./transport.ts";

/** Milliseconds for a call that waits for programs: their own limits end them before. */
const RUN_TIMEOUT_MS = 3 * 3600 * 1000;

/** Programs, sessions, pools and sandboxes. */
export interface ExecutionMethods {
  /** Runs a program once. What becomes of the program is in the answer; only what is ours to answer for throws. */
  run(body: RunInput, options?: CallOptions): Promise<AnswerOf<"run">>;
  /** The same, told as it goes; leaving the loop cancels it. */
  streamRun(body: RunInput, options?: StreamOptions): AsyncGenerator<RunEvent>;
  /** Runs a program with many cases. */
  batch(body: BatchBody, options?: CallOptions): Promise<AnswerOf<"batch">>;
  /** The same, case by case as they complete; leaving the loop cancels it. */
  streamBatch(body: BatchBody, options?: StreamOptions): AsyncGenerator<BatchEvent>;
  listLanguages(options?: CallOptions): Promise<AnswerOf<"listLanguages">>;
  openSession(body: SessionInput, options?: CallOptions): Promise<AnswerOf<"openSession">>;
  listSessions(options?: CallOptions): Promise<AnswerOf<"listSessions">>;
  getSession(id: string, options?: CallOptions): Promise<AnswerOf<"getSession">>;
  callSession(id: string, body: CallInput, options?: CallOptions): Promise<AnswerOf<"callSession">>;
  interruptSession(id: string, options?: CallOptions): Promise<AnswerOf<"interruptSession">>;
  writeSessionFiles(
    id: string,
    files: SessionInput["files"] & object,
    options?: CallOptions,
  ): Promise<AnswerOf<"writeSessionFiles">>;
  readSessionFiles(
    id: string,
    outputs: readonly { readonly path: string; readonly limit_bytes?: number }[],
    options?: CallOptions,
  ): Promise<AnswerOf<"readSessionFiles">>;
  closeSession(id: string, options?: CallOptions): Promise<AnswerOf<"closeSession">>;
  listPools(options?: CallOptions): Promise<AnswerOf<"listPools">>;
  getPool(id: string, options?: CallOptions): Promise<AnswerOf<"getPool">>;
  scalePool(id: string, sizes: ScaleInput, options?: CallOptions): Promise<AnswerOf<"scalePool">>;
  drainPool(id: string, options?: CallOptions): Promise<AnswerOf<"drainPool">>;
  listSandboxes(options?: CallOptions): Promise<AnswerOf<"listSandboxes">>;
  getSandbox(id: string, options?: CallOptions): Promise<AnswerOf<"getSandbox">>;
  killSandbox(id: string, options?: CallOptions): Promise<AnswerOf<"killSandbox">>;
}

/** Those methods over one transport. */
export function executionMethods(transport: Transport): ExecutionMethods {
  const long = (options?: CallOptions) => ({ timeoutMs: RUN_TIMEOUT_MS, ...options });
  const withBody = (value: unknown) => ({ body: JSON.stringify(value) });
  return {
    run: (body, call) => callRoute(transport, "run", withBody(body), long(call)),
    streamRun: (body, options) => runEvents(transport, JSON.stringify(body), options),
    batch: (body, call) => callRoute(transport, "batch", withBody(body), long(call)),
    streamBatch: (body, options) => batchEvents(transport, JSON.stringify(body), options),
    listLanguages: (call) => callRoute(transport, "listLanguages", {}, call),
    openSession: (body, call) => callRoute(transport, "openSession", withBody(body), call),
    listSessions: (call) => callRoute(transport, "listSessions", {}, call),
    getSession: (id, call) => callRoute(transport, "getSession", { params: { id } }, call),
    callSession: (id, body, call) =>
      callRoute(transport, "callSession", { params: { id }, ...withBody(body) }, long(call)),
    interruptSession: (id, call) => callRoute(transport, "interruptSession", { params: { id } }, call),
    writeSessionFiles: (id, files, call) =>
      callRoute(transport, "writeSessionFiles", { params: { id }, ...withBody({ files }) }, call),
    readSessionFiles: (id, outputs, call) =>
      callRoute(transport, "readSessionFiles", { params: { id }, ...withBody({ outputs }) }, call),
    closeSession: (id, call) => callRoute(transport, "closeSession", { params: { id } }, call),
    listPools: (call) => callRoute(transport, "listPools", {}, call),
    getPool: (id, call) => callRoute(transport, "getPool", { params: { id } }, call),
    scalePool: (id, sizes, call) => callRoute(transport, "scalePool", { params: { id }, ...withBody(sizes) }, call),
    drainPool: (id, call) => callRoute(transport, "drainPool", { params: { id } }, call),
    listSandboxes: (call) => callRoute(transport, "listSandboxes", {}, call),
    getSandbox: (id, call) => callRoute(transport, "getSandbox", { params: { id } }, call),
    killSandbox: (id, call) => callRoute(transport, "killSandbox", { params: { id } }, call),
  };
}
