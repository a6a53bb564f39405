/**
 * The one table of error facts. A code that lacks any of them does not compile, and a code, once released,
 * keeps its meaning.
 *
 * - `status`: HTTP status of an API answer that carries the error.
 * - `retry`: `never` (the same call fails again), `backoff` (the same call may succeed later),
 *   `unknown` (the call may have had its effect; only idempotent calls may be repeated).
 * - `domain`: whose fault it is; decides the outcome of a rollout that ends in it (core/outcome.ts).
 * - `hint`: the next step for a human.
 */
export interface ErrorFacts {
  readonly status: number;
  readonly retry: RetryClass;
  readonly domain: ErrorDomain;
  readonly hint: string;
}

export type RetryClass = "never" | "backoff" | "unknown";
export type ErrorDomain = "request" | "model" | "sandbox" | "resource" | "verifier" | "time" | "cancel" | "internal";

const row = (status: number, retry: RetryClass, domain: ErrorDomain, hint: string): ErrorFacts => ({
  status,
  retry,
  domain,
  hint,
});

export const ERROR_FACTS = {
  // What a caller sent.
  invalid_request: row(400, "never", "request", "Correct the field that is named and send the request again."),
  invalid_json: row(400, "never", "request", "Send a body that is valid JSON in UTF-8."),
  invalid_row: row(400, "never", "request", "Correct the row that is named, or leave it out."),
  invalid_config: row(
    400,
    "never",
    "request",
    "Correct the setting that is named; `sandlot config print` shows where each value comes from.",
  ),
  unknown_environment: row(400, "never", "request", "`sandlot env list` shows the environments."),
  unknown_model: row(
    400,
    "never",
    "request",
    "Configure the model under `models` in sandlot.yaml, or pass --model-url.",
  ),
  unknown_language: row(400, "never", "request", "`sandlot image list` shows the languages of every image."),
  unknown_image: row(400, "never", "request", "`sandlot image list` shows the images."),
  session_ended: row(410, "never", "request", "Open a new session; its state is gone."),
  unknown_task: row(400, "never", "request", "Name a task id of the dataset."),
  not_found: row(404, "never", "request", "Check the id; other tenants' objects are never shown."),
  method_not_allowed: row(405, "never", "request", "See GET /openapi.json for what this path takes."),
  idempotency_conflict: row(
    409,
    "never",
    "request",
    "Use a new Idempotency-Key or request_id for a different request.",
  ),
  session_spent: row(403, "never", "request", "The session has used up what is named; open another one."),
  not_trainable: row(
    409,
    "never",
    "request",
    "Run the job with a model that generates; replayed answers have no tokens.",
  ),
  job_ended: row(409, "never", "request", "The job has already ended; submit a new one."),
  nothing_to_retry: row(409, "never", "request", "No rollout of the job was masked with an outcome that was named."),
  job_closed: row(
    409,
    "never",
    "request",
    "The job takes no more tasks; submit one with `accepting: true` to feed it.",
  ),
  delivery_lost: row(
    409,
    "never",
    "request",
    "The lease on these groups ran out and they went to somebody else; take the next ones.",
  ),
  job_open: row(409, "never", "request", "Cancel the job, or wait for its end."),
  unsupported_media_type: row(415, "never", "request", "Send Content-Type: application/json."),
  context_overflow: row(
    400,
    "never",
    "request",
    "The prompt does not fit the model any more; shorten the conversation.",
  ),
  upload_stalled: row(408, "backoff", "request", "Send the body without pauses."),
  payload_too_large: row(413, "never", "request", "Send fewer or smaller rows per request."),
  unauthorized: row(401, "never", "request", "Send Authorization: Bearer <API key>."),
  forbidden: row(403, "never", "request", "Use an API key with the scope that is named."),
  forbidden_host: row(
    403,
    "never",
    "request",
    "Address the server by a configured host name, or add it to server.hosts.",
  ),
  forbidden_origin: row(403, "never", "request", "Browsers may call only from the server's own origin."),
  quota_exceeded: row(429, "backoff", "internal", "End something of your own, or wait for the time in Retry-After."),
  overloaded: row(503, "backoff", "internal", "Wait for the time in Retry-After, then send the request again."),
  queue_full: row(503, "backoff", "internal", "Every slot is in use; send the request again after Retry-After."),
  server_unreachable: row(503, "backoff", "internal", "Start the server with `sandlot serve`, or check --url."),
  shutting_down: row(503, "backoff", "internal", "The server is stopping; send the request to another or later."),

  // The model endpoint.
  model_unreachable: row(502, "backoff", "model", "Check the model's URL and that its server is running."),
  model_unavailable: row(
    503,
    "backoff",
    "model",
    "`sandlot model check` and GET /api/v1/models/{name} say what is wrong with its replicas.",
  ),
  model_overloaded: row(503, "backoff", "model", "Lower worker.concurrency, or add replicas to the fleet."),
  model_timeout: row(504, "backoff", "model", "Raise models.<name>.timeout_seconds, or look at the endpoint's load."),
  model_rate_limited: row(503, "backoff", "model", "Lower worker.concurrency, or raise the endpoint's rate limit."),
  model_server_error: row(502, "backoff", "model", "Look at the log of the model server."),
  model_bad_response: row(
    502,
    "backoff",
    "model",
    "The endpoint did not answer as the OpenAI API does; check models.<name>.api.",
  ),
  model_aborted: row(502, "backoff", "model", "The engine aborted the generation; it is tried again."),
  model_rejected: row(502, "never", "model", "The endpoint refuses this request; its message is in the context."),
  model_auth: row(502, "never", "model", "Check the API key of the model."),
  model_not_found: row(502, "never", "model", "Check models.<name>.model against the endpoint's GET /v1/models."),

  // Sandboxes and their providers.
  provider_unavailable: row(503, "backoff", "sandbox", "`sandlot doctor` says what this machine lacks for sandboxes."),
  sandbox_image_missing: row(503, "never", "sandbox", "Build it with `sandlot image build`."),
  sandbox_create_failed: row(503, "backoff", "sandbox", "Look at the provider's message in the context."),
  sandbox_unavailable: row(503, "backoff", "sandbox", "Raise the pool's max, or send less work at once."),
  sandbox_lost: row(
    503,
    "backoff",
    "sandbox",
    "The sandbox ended while it was in use; the work is repeated in another.",
  ),
  sandbox_stalled: row(503, "backoff", "sandbox", "The sandbox stopped answering; the work is repeated in another."),
  sandbox_protocol: row(
    503,
    "backoff",
    "sandbox",
    "The agent broke its protocol; rebuild the images with `sandlot image build`.",
  ),
  sandbox_unsupported: row(
    400,
    "never",
    "sandbox",
    "The provider cannot enforce this; choose another provider or limit.",
  ),
  limits_unenforced: row(
    503,
    "never",
    "sandbox",
    "Mend what keeps the limit from being held, or accept it by name in sandbox.accept_unenforced.",
  ),

  // Environments and verification.
  resource_failed: row(500, "backoff", "resource", "The environment's own code threw; its message is in the context."),
  tool_not_declared: row(400, "never", "resource", "Only tools that the row declares can be called."),
  verifier_failed: row(500, "backoff", "verifier", "Verification could not be completed; see the context."),

  // Time, cancellation, and ourselves.
  deadline_exceeded: row(504, "backoff", "time", "Raise the limit that is named, or look at what it waited for."),
  cancelled: row(409, "never", "cancel", "The work was cancelled on request."),
  lease_lost: row(409, "never", "internal", "Another worker owns this rollout now; its result stands."),
  database_unavailable: row(
    503,
    "backoff",
    "internal",
    "Check database.url, or the embedded server's log in the data directory.",
  ),
  data_dir_locked: row(
    409,
    "never",
    "internal",
    "Stop the server that uses this data directory, or pass another --data-dir.",
  ),
  storage_full: row(
    507,
    "backoff",
    "internal",
    "Free space where storage.segments_dir and the database lie, or delete jobs; storage.min_free_bytes is what is kept free.",
  ),
  storage_corrupt: row(
    500,
    "never",
    "internal",
    "A stored segment is missing or fails its checksum; look at storage.segments_dir, or restore it from a backup.",
  ),
  internal: row(500, "backoff", "internal", "This is a bug in Sandlot; please report it with the request id."),
} as const satisfies Record<string, ErrorFacts>;

export type ErrorCode = keyof typeof ERROR_FACTS;
