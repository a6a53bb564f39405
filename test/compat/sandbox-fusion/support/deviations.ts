/** A recorded answer that ours is not, and why. */
export interface Deviation {
  /** As docs/sandbox-fusion.md says at more length. */
  readonly reason: string;
  /** What ours is instead, as far as it matters; `status` is that of HTTP. */
  readonly ours: { readonly status: number; readonly body?: unknown };
  /** Ours may also be the recorded one: it depends on how quick the machine is. */
  readonly mayAgree?: boolean;
}

const problem = (type: string, ...loc: (string | number)[]) => ({ detail: [{ type, loc: ["body", ...loc] }] });
const success = { status: "Success", run_result: { status: "Finished", return_code: 0 } };
const elsewhere = { error: { code: "not_found" } };

/** Every recorded exchange that is answered otherwise on purpose. A difference that is not listed fails the replay. */
export const DEVIATIONS: Readonly<Record<string, Deviation>> = {
  // The caller's fault is 4xx, not a SandboxError or a 500.
  files_empty_name: { reason: "no file name", ours: { status: 422, body: problem("value_error", "files", "") } },
  files_trailing_slash: {
    reason: "no file name",
    ours: { status: 422, body: problem("value_error", "files", "dir/") },
  },
  run_timeout_nan: { reason: "no time", ours: { status: 422, body: problem("finite_number", "run_timeout") } },
  code_surrogate: { reason: "no bytes for it", ours: { status: 422, body: problem("string_unicode", "code") } },
  oj_case_not_strings: {
    reason: "a row that is none",
    ours: { status: 422, body: { detail: [{ type: "string_type" }, { type: "string_type" }] } },
  },
  oj_case_without_stdin: {
    reason: "a row that is none",
    ours: { status: 422, body: problem("missing", "config", "provided_data", "test", 0, "input", "stdin") },
  },
  ae_no_labels_language: {
    reason: "a row that is none",
    ours: { status: 422, body: problem("value_error", "config", "provided_data", "labels", "programming_language") },
  },
  prompts_auto_fewshot_missing: {
    reason: "a row that is none",
    ours: { status: 400, body: { detail: "Missing fewshot for id 1" } },
  },
  // Limits.
  py_memory_limit_overflow: { reason: "more than there is means no limit", ours: { status: 200, body: success } },
  node_memory_limit_512: {
    reason: "memory is what is used, not what is reserved",
    ours: { status: 200, body: success },
  },
  java_memory_limit_512: {
    reason: "memory is what is used, not what is reserved",
    ours: { status: 200, body: success },
  },
  run_timeout_tiny: {
    reason: "a warm interpreter may be done in time",
    ours: { status: 200 },
    mayAgree: true,
  },
  // Files.
  files_absolute_path: {
    reason: "outside the workspace",
    ours: { status: 422, body: problem("value_error", "files", "/outside/abs.txt") },
  },
  files_urlsafe_base64: {
    reason: "the other alphabet is read, not dropped",
    ours: { status: 200, body: { run_result: { stdout: "./a.txt b'\\xfb\\xff\\xbf'\n" } } },
  },
  fetch_many: {
    reason: "no links are followed, nothing outside the workspace is read",
    ours: { status: 200, body: { files: { "t.txt": "dGV4dAo=", "./t.txt": "dGV4dAo=", "dir/sub/f": "Zg==" } } },
  },
  // Output.
  out_invalid_utf8: {
    reason: "output is kept, with U+FFFD for what is no UTF-8",
    ours: { status: 200, body: { run_result: { stdout: "ok\ufffd\ufffd\n" } } },
  },
  out_invalid_utf8_stderr: {
    reason: "output is kept, with U+FFFD for what is no UTF-8",
    ours: { status: 200, body: { run_result: { stderr: "\ufffd" } } },
  },
  py_cwd_argv: {
    reason: "the program comes to a warm interpreter and lies in no file",
    ours: { status: 200, body: { run_result: { stdout: "/workspace\n[]\n[]\nFalse True\n" } } },
  },
  // What would accept anything.
  ae_empty_test_code: {
    reason: "an empty test",
    ours: { status: 422, body: problem("value_error", "config", "provided_data", "test", "code") },
  },
  // Data sets are not stored here.
  list_datasets: { reason: "none is stored", ours: { status: 200, body: [] } },
  list_ids_registered: { reason: "none is stored", ours: { status: 400 } },
  submit_no_provided_data: { reason: "none is stored", ours: { status: 400 } },
  submit_empty_provided_data: { reason: "none is stored", ours: { status: 400 } },
  submit_registered_id_wins: {
    reason: "none is stored, so the type decides",
    ours: { status: 400, body: { detail: "eval class NopeDataset not found" } },
  },
  // Paths that are the server's own.
  root: { reason: "no playground", ours: { status: 404, body: elsewhere } },
  openapi: { reason: "this server's API", ours: { status: 200, body: { info: { title: "Sandlot" } } } },
  not_found: { reason: "the server's own error body", ours: { status: 404, body: elsewhere } },
  health: { reason: "the server's own error body", ours: { status: 404, body: elsewhere } },
  metrics: { reason: "the server's own error body", ours: { status: 404, body: elsewhere } },
};

/** Texts that are compared only for being there: a compiler, interpreter or library of another version wrote them. */
export const LOOSE_TEXTS: Readonly<Record<string, { readonly reason: string; readonly paths: readonly string[] }>> = {
  code_nul_char: { reason: "Python's words", paths: ["body.run_result.stderr"] },
};
