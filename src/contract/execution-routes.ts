import { BatchView, RunView } from "./execution-answers.ts";
import { BatchInput, LanguageList, RunInput } from "./execution.ts";
import { BOUNDS } from "./limits.ts";
import type { Route } from "./route.ts";
import {
  CallInput,
  CallView,
  FileList,
  ReadFilesInput,
  SessionInput,
  SessionList,
  SessionView,
  WriteFilesInput,
  WrittenFiles,
} from "./sessions.ts";

/** Longer than a queue, a compiler and a program may take one after another; longer work is for the streams. */
const RUN_MS = 3 * 3600 * 1000;

const EXECUTES = { method: "POST", scope: "sandboxes", status: 200, bodyBytes: BOUNDS.runBodyBytes } as const;
const OF_SESSIONS = { scope: "sandboxes", status: 200 } as const;

/** Programs and sessions. */
export const EXECUTION_ROUTES = {
  run: {
    ...EXECUTES,
    path: "/api/v1/runs",
    summary: "Run a program once; going away cancels it",
    body: RunInput,
    timeoutMs: RUN_MS,
    response: RunView,
  },
  streamRun: {
    ...EXECUTES,
    path: "/api/v1/runs/stream",
    summary: "The same as server-sent events: `compiled`, `output` as it comes, `result`; or `error`",
    body: RunInput,
    response: "events",
  },
  batch: {
    ...EXECUTES,
    path: "/api/v1/batches",
    summary: "Compile a program once and run it with every case, each in a fresh slot",
    body: BatchInput,
    timeoutMs: RUN_MS,
    response: BatchView,
  },
  streamBatch: {
    ...EXECUTES,
    path: "/api/v1/batches/stream",
    summary: "The same as server-sent events: `compiled`, `case` as they complete, `end`; or `error`",
    body: BatchInput,
    response: "events",
  },
  listLanguages: {
    ...OF_SESSIONS,
    method: "GET",
    path: "/api/v1/languages",
    summary: "Languages that can be run, and the images that have them",
    response: LanguageList,
  },
  openSession: {
    ...OF_SESSIONS,
    method: "POST",
    path: "/api/v1/sessions",
    summary: "Open a session: a program that keeps its state between calls",
    bodyBytes: BOUNDS.runBodyBytes,
    body: SessionInput,
    status: 201,
    hasQuota: true,
    response: SessionView,
  },
  listSessions: {
    ...OF_SESSIONS,
    method: "GET",
    path: "/api/v1/sessions",
    summary: "The caller's sessions",
    response: SessionList,
  },
  getSession: {
    ...OF_SESSIONS,
    method: "GET",
    path: "/api/v1/sessions/{id}",
    summary: "One session",
    response: SessionView,
  },
  callSession: {
    ...EXECUTES,
    path: "/api/v1/sessions/{id}/calls",
    summary: "Run code in a session; one that comes while another runs waits for it",
    body: CallInput,
    timeoutMs: RUN_MS,
    hasQuota: true,
    response: CallView,
  },
  interruptSession: {
    ...OF_SESSIONS,
    method: "POST",
    path: "/api/v1/sessions/{id}/interrupt",
    summary: "Interrupt the call that runs, as Ctrl-C does",
    response: SessionView,
  },
  writeSessionFiles: {
    ...EXECUTES,
    path: "/api/v1/sessions/{id}/files",
    summary: "Write files into a session's workspace",
    body: WriteFilesInput,
    hasQuota: true,
    response: WrittenFiles,
  },
  readSessionFiles: {
    ...EXECUTES,
    path: "/api/v1/sessions/{id}/files/read",
    summary: "Read files of a session's workspace",
    body: ReadFilesInput,
    hasQuota: true,
    response: FileList,
  },
  closeSession: {
    ...OF_SESSIONS,
    method: "DELETE",
    path: "/api/v1/sessions/{id}",
    summary: "End a session and everything it started",
    response: SessionView,
  },
} as const satisfies Record<string, Route>;
