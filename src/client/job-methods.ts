import type { JobSubmissionInput } from "../contract/jobs.ts";
import type { Outcome } from "../core/outcome.ts";
import { type AnswerOf, callRoute, type CallOptions } from "./call-route.ts";
import type { Transport } from "./transport.ts";

/** Milliseconds for what carries rows: 256 MiB and more take a while. */
const INTAKE_TIMEOUT_MS = 1_800_000;
/** Beyond what a call waits for by itself. */
const WAIT_MARGIN_MS = 30_000;

export interface SubmitOptions extends CallOptions {
  /** The same key with the same body answers the earlier job. */
  idempotencyKey?: string | undefined;
}

export interface TakeQuery {
  /** Those who share a name share the groups. Default `trainer`. */
  consumer?: string | undefined;
  /** Groups at most. Default 16. */
  limit?: number | undefined;
  /** How long to wait where nothing is free. Default 0. */
  wait_seconds?: number | undefined;
  /** Default 600. */
  lease_seconds?: number | undefined;
}

/** Jobs as a whole, their tasks and their groups. */
export interface JobMethods {
  /** `job` is the request body as text, which is sent as it is, or as an object. */
  submitJob(job: string | JobSubmissionInput, options?: SubmitOptions): Promise<AnswerOf<"submitJob">>;
  /** What it would come to; nothing is kept. */
  dryRunJob(job: string | JobSubmissionInput, options?: CallOptions): Promise<AnswerOf<"dryRunJob">>;
  getJob(id: string, options?: CallOptions): Promise<AnswerOf<"getJob">>;
  cancelJob(id: string, options?: CallOptions): Promise<AnswerOf<"cancelJob">>;
  /** With its rollouts and their records; `job_open` for one that has not ended. */
  removeJob(id: string, options?: CallOptions): Promise<AnswerOf<"removeJob">>;
  pauseJob(id: string, options?: CallOptions): Promise<AnswerOf<"pauseJob">>;
  resumeJob(id: string, options?: CallOptions): Promise<AnswerOf<"resumeJob">>;
  closeJob(id: string, options?: CallOptions): Promise<AnswerOf<"closeJob">>;
  /** Default: every outcome that masks but `cancelled`. */
  retryJob(id: string, outcomes?: readonly Outcome[], options?: SubmitOptions): Promise<AnswerOf<"retryJob">>;
  /** `batch` is the request body as text, which is sent as it is. */
  addTasks(id: string, batch: string, options?: SubmitOptions): Promise<AnswerOf<"addTasks">>;
  /** `lines` are JSON texts of rows, one a line. */
  uploadTasks(
    id: string,
    lines: string | AsyncIterable<Uint8Array>,
    options?: SubmitOptions & { readonly onInvalid?: "fail" | "skip" | undefined },
  ): Promise<AnswerOf<"uploadTasks">>;
  listGroups(
    jobId: string,
    query?: { cursor?: string | undefined; limit?: number | undefined; wait_seconds?: number | undefined },
    options?: CallOptions,
  ): Promise<AnswerOf<"listGroups">>;
  takeGroups(jobId: string, query?: TakeQuery, options?: CallOptions): Promise<AnswerOf<"takeGroups">>;
  acknowledgeGroups(jobId: string, delivery: string, options?: CallOptions): Promise<AnswerOf<"acknowledgeGroups">>;
  handBackGroups(jobId: string, delivery: string, options?: CallOptions): Promise<AnswerOf<"handBackGroups">>;
}

/** Those methods over one transport. */
export function jobMethods(transport: Transport): JobMethods {
  const intake = { timeoutMs: INTAKE_TIMEOUT_MS };
  const textOf = (body: string | object) => (typeof body === "string" ? body : JSON.stringify(body));
  const keyed = ({ idempotencyKey }: SubmitOptions) => ({ "idempotency-key": idempotencyKey });
  const onJob = (name: "getJob" | "cancelJob" | "pauseJob" | "resumeJob" | "closeJob") => {
    return (id: string, call?: CallOptions) => callRoute(transport, name, { params: { id } }, call);
  };
  const onDelivery = <N extends "acknowledgeGroups" | "handBackGroups">(name: N) => {
    return (id: string, delivery: string, call?: CallOptions) =>
      callRoute(transport, name, { params: { id, delivery } }, call);
  };
  const waiting = (seconds: number | undefined) => ({ timeoutMs: 1000 * (seconds ?? 0) + WAIT_MARGIN_MS });
  return {
    submitJob(job, options = {}) {
      const parts = { body: textOf(job), headers: keyed(options) };
      return callRoute(transport, "submitJob", parts, { ...intake, ...options });
    },
    dryRunJob: (job, call) => callRoute(transport, "dryRunJob", { body: textOf(job) }, { ...intake, ...call }),
    getJob: onJob("getJob"),
    cancelJob: onJob("cancelJob"),
    removeJob: (id, call) => callRoute(transport, "removeJob", { params: { id } }, call),
    pauseJob: onJob("pauseJob"),
    resumeJob: onJob("resumeJob"),
    closeJob: onJob("closeJob"),
    retryJob(id, outcomes, options = {}) {
      const parts = { params: { id }, body: JSON.stringify({ outcomes }), headers: keyed(options) };
      return callRoute(transport, "retryJob", parts, options);
    },
    addTasks(id, batch, options = {}) {
      const parts = { params: { id }, body: batch, headers: keyed(options) };
      return callRoute(transport, "addTasks", parts, { ...intake, ...options });
    },
    uploadTasks(id, lines, { onInvalid, ...options } = {}) {
      const headers = { ...keyed(options), "content-type": "application/x-ndjson" };
      const parts = { params: { id }, query: { on_invalid: onInvalid }, body: lines, headers };
      return callRoute(transport, "uploadTasks", parts, { ...intake, ...options });
    },
    listGroups: (id, query = {}, call) =>
      callRoute(transport, "listGroups", { params: { id }, query }, { ...waiting(query.wait_seconds), ...call }),
    takeGroups(id, query = {}, call) {
      const parts = { params: { id }, body: JSON.stringify(query) };
      return callRoute(transport, "takeGroups", parts, { ...waiting(query.wait_seconds), ...call });
    },
    acknowledgeGroups: onDelivery("acknowledgeGroups"),
    handBackGroups: onDelivery("handBackGroups"),
  };
}
