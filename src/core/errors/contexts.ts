import type { ErrorCode } from "./codes.ts";

/** A problem with one field of a request, a row or a configuration file. */
export interface FieldProblem {
  /** Path to the field, e.g. `tasks.rows[3].verifier_metadata.unit_tests.inputs`. */
  readonly field: string;
  readonly problem: string;
}

/** What every code of the model domain says about the call. */
interface ModelContext {
  readonly model: string;
  readonly detail: string;
  /** HTTP status of the endpoint's answer, when there was one. */
  readonly status?: number;
  /** Seconds the endpoint asked us to wait. */
  readonly retry_after?: number;
  /** Set where there was no connection: nothing was sent. */
  readonly unsent?: true;
}

/** Why a sandbox ended or stopped answering (sandbox/faults.ts decides who could have caused it). */
export interface SandboxContext {
  readonly sandbox_id: string;
  readonly detail: string;
}

interface DetailContext {
  readonly detail: string;
}

interface NamedContext {
  readonly name: string;
  /** The known name that is nearest to it, when one is near. */
  readonly nearest?: string;
}

interface SpecificContexts {
  invalid_request: { readonly fields: readonly FieldProblem[] };
  invalid_config: { readonly source: string; readonly fields: readonly FieldProblem[] };
  /** `line` counts from 1 in the file or request that brought the rows. */
  invalid_row: { readonly line: number; readonly fields: readonly FieldProblem[] };
  unknown_environment: NamedContext;
  unknown_model: NamedContext;
  /** `detail` names known ones, where somebody reads it. */
  unknown_language: NamedContext & { readonly detail?: string };
  unknown_image: NamedContext;
  session_ended: { readonly session_id: string; readonly reason: string; readonly detail: string | null };
  unknown_task: NamedContext;
  not_found: { readonly kind: string; readonly id: string };
  method_not_allowed: { readonly method: string; readonly path: string };
  /** `job_id` where the key belongs to a job. */
  idempotency_conflict: { readonly key: string; readonly job_id?: string };
  /** By its calls, or by the memory that they take. */
  session_spent: { readonly session_id: string } & ({ readonly calls: number } | { readonly bytes: number });
  not_trainable: { readonly job_id: string; readonly detail: string };
  job_open: { readonly job_id: string; readonly state: string };
  job_ended: { readonly job_id: string; readonly state: string };
  nothing_to_retry: { readonly job_id: string; readonly outcomes: readonly string[] };
  job_closed: { readonly job_id: string; readonly state: string };
  delivery_lost: { readonly delivery_id: string };
  /** The time in which too little came. */
  upload_stalled: { readonly seconds: number };
  payload_too_large: { readonly limit_bytes: number };
  forbidden: { readonly scope: string };
  forbidden_host: { readonly host: string };
  forbidden_origin: { readonly origin: string };
  queue_full: { readonly resource: string; readonly retry_after: number };
  /** Bounds of the server, which all callers share. */
  overloaded: { readonly resource: string; readonly retry_after: number };
  /** Bounds of one tenant, or of one of its sessions. */
  quota_exceeded: { readonly resource: string; readonly retry_after: number };
  server_unreachable: { readonly url: string; readonly detail: string };
  model_unreachable: ModelContext;
  model_timeout: ModelContext;
  model_rate_limited: ModelContext;
  model_server_error: ModelContext;
  model_bad_response: ModelContext;
  model_unavailable: ModelContext;
  model_overloaded: ModelContext;
  model_aborted: ModelContext;
  model_rejected: ModelContext;
  model_auth: ModelContext;
  model_not_found: ModelContext;
  provider_unavailable: { readonly provider: string; readonly detail: string };
  sandbox_image_missing: { readonly image: string };
  sandbox_unavailable: { readonly pool: string; readonly detail: string };
  sandbox_lost: SandboxContext & { readonly cause: string };
  sandbox_stalled: SandboxContext;
  sandbox_protocol: SandboxContext;
  /** `limits`: names of what the provider's sandboxes do not hold (docs/sandbox.md). */
  limits_unenforced: { readonly provider: string; readonly limits: string; readonly detail: string };
  resource_failed: { readonly environment: string; readonly detail: string };
  tool_not_declared: { readonly tool: string };
  deadline_exceeded: { readonly waiting_for: string };
  lease_lost: { readonly rollout_id: string };
  /** `detail` says where. */
  storage_full: { readonly detail: string; readonly retry_after: number };
  data_dir_locked: { readonly directory: string; readonly pid: number };
}

/** Typed context of a code; codes without an entry carry one sentence of detail. */
export type ErrorContext<C extends ErrorCode> = C extends keyof SpecificContexts ? SpecificContexts[C] : DetailContext;
