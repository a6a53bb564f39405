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
  bash_background_timeout: {
    reason: "a time-out for want of a processor is the machine's, and the program is tried again",
    ours: { status: 200 },
    mayAgree: true,
  },
  cpp_memory_limit: {
    reason: "memory is what is used: the limit ends the program, as far as its allocator does not",
    ours: { status: 200, body: { status: "Failed", run_result: { status: "Finished" } } },
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
  go_compile_error: {
    reason: "the compiler is called without the go command, which would say it on the other stream",
    ours: { status: 200, body: { status: "Failed", compile_result: { status: "Finished" }, run_result: null } },
    mayAgree: true,
  },
  go_test_pass: {
    reason: "tests run as their own program, whose last word is kept",
    ours: { status: 200, body: { status: "Success", run_result: { return_code: 0 } } },
  },
  ae_go_test: {
    reason: "the answer is put together so that it compiles",
    ours: { status: 200, body: { accepted: true } },
  },
  java_wrong_class_name: {
    reason: "a public class of any name is run",
    ours: { status: 200, body: success },
  },
  // Notebooks.
  jup_cell_timeout_not_enforced: {
    reason: "cell_timeout holds",
    ours: { status: 200, body: { cells: [{ error: [{ ename: "KeyboardInterrupt" }] }, { stdout: "next\n" }] } },
  },
  jup_total_timeout: {
    reason: "cells that were played are kept",
    ours: {
      status: 200,
      body: { status: "Failed", cells: [{ stdout: "one\n" }, { error: [{ ename: "KeyboardInterrupt" }] }] },
    },
  },
  jup_display: {
    reason: "no IPython",
    ours: {
      status: 200,
      body: { cells: [{ error: [{ ename: "ModuleNotFoundError" }] }, {}, {}, {}, {}, { display: [] }] },
    },
  },
  jup_magic_shell: {
    reason: "no IPython",
    ours: { status: 200, body: { cells: [1, 2, 3].map(() => ({ error: [{ ename: "SyntaxError" }] })) } },
  },
  jup_input: {
    reason: "no IPython",
    ours: { status: 200, body: { cells: [{ error: [{ ename: "EOFError" }] }, { stdout: "after\n" }] } },
  },
  jup_files: {
    reason: "the working folder is /workspace",
    ours: {
      status: 200,
      body: { cells: [{ stdout: "given\n" }, { stdout: "wor\n" }], files: { "out.txt": "bWFkZQ==" } },
    },
  },
  jup_invalid_utf8: {
    reason: "output in the order in which it was written",
    ours: { status: 200, body: { cells: [{ stdout: "\ufffd\n\u00e9\u6f22\n" }] } },
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

/** Texts that are not compared: a compiler, interpreter or library of another version wrote them. */
const run = (name: string) => [`body.run_result.${name}`];

export const LOOSE_TEXTS: Readonly<Record<string, { readonly reason: string; readonly paths: readonly string[] }>> = {
  code_nul_char: { reason: "Python's words", paths: run("stderr") },
  cpp_empty: { reason: "where the linker lies", paths: ["body.compile_result.stderr"] },
  cpp_run_timeout: { reason: "a warning of a later standard", paths: ["body.compile_result.stderr"] },
  node_syntax_error: { reason: "lines of Node's own files", paths: run("stderr") },
  node_throw: { reason: "lines of Node's own files", paths: run("stderr") },
  node_unhandled_rejection: { reason: "lines of Node's own files", paths: run("stderr") },
  ts_throw: { reason: "lines of Node's own files", paths: run("stderr") },
  rust_panic: { reason: "a number of the thread", paths: run("stderr") },
  pytest_collection_error: { reason: "frames of pytest's own files", paths: run("stdout") },
  pytest_fail: { reason: "pytest's words", paths: run("stdout") },
};
