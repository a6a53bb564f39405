import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { BridgedTests, InputFile, OutputRequest, Program, RunLimits, RunRequest } from "../run.ts";
import type { SessionRequest } from "../session.ts";
import { MAX_BODY_BYTES } from "./config.ts";
import { MAX_PAYLOAD } from "./frames.ts";

export const DEFAULT_KEEP_BYTES = 1 << 20;
const MAX_OUTPUTS = 64;
const MAX_HELD = 64;
export const DEFAULT_FILE_MODE = 0o644;
/** What a program needs to begin at all: its three streams and what loading it opens. */
const LEAST_OPEN_FILES = 8;
const NOTHING = Buffer.alloc(0);
const EMPTY_MANIFEST = Buffer.from("[]");
/** The toolbox's own interpreter, which every image has. */
const PLAIN = "plain";
const BASE_ENV = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: "/workspace", LANG: "C.UTF-8", TMPDIR: "/tmp" };

/** A run as the agent takes it: a small JSON header, and the bytes it speaks of. */
export interface EncodedRun {
  readonly header: Buffer;
  readonly sections: readonly Uint8Array[];
  /** What the answer may come to. */
  readonly maxBytes: number;
}

/** An end of a socket that joins two runs: its number in the sandbox, and what the run at this end is. */
export interface BridgeEnd {
  readonly bridge: number;
  readonly role: "candidate" | "tests";
}

/** Throws `invalid_request` for what no agent would take. */
export function encodeRun(request: RunRequest, end?: BridgeEnd): EncodedRun {
  const { program, limits } = request;
  const outputs = request.outputs ?? [];
  const keepBytes = request.keepBytes ?? DEFAULT_KEEP_BYTES;
  checkLimits(limits, keepBytes);
  checkOutputs(outputs);
  const { source, prelude, ...how } = describeProgram(program);
  const header = {
    op: "run",
    ...how,
    env: { ...BASE_ENV, ...request.env },
    limits: wireLimits(limits),
    keep_bytes: keepBytes,
    outputs,
    ...(request.onOutput ? { stream: true } : {}),
    ...end,
  };
  const fetched = outputs.reduce((sum, output) => sum + output.limit, 0);
  const maxBytes = (request.onOutput ? 4 : 2) * keepBytes + fetched + MAX_PAYLOAD;
  return { ...withFiles(header, request.files ?? [], [source, prelude, request.stdin ?? NOTHING]), maxBytes };
}

const REPORT = "report.json";
/** Kept of what the tests print, which nobody sees but who debugs them. */
const TESTS_KEEP_BYTES = 16 << 10;

/** The tests of a program as a run of their own: options of Python's travel as what is executed first. */
export function testsRequest(tests: BridgedTests, program: Program): RunRequest {
  const { limits, reportBytes } = tests;
  const common = { outputs: [{ path: REPORT, limit: reportBytes }], limits, keepBytes: TESTS_KEEP_BYTES };
  if ("argv" in tests) {
    if (!("argv" in program)) throw refused("tests", "that are a command line need a program that is one");
    return { ...common, program: { argv: tests.argv }, files: tests.files, env: tests.env };
  }
  if ("argv" in program) throw refused("tests", "need a program that is source for a warm Python");
  const prelude = JSON.stringify({ ...tests.options, report: REPORT });
  return {
    ...common,
    program: { interpreter: program.interpreter, source: tests.source, prelude, fileName: "tests.py" },
  };
}

/** The request of a session, in the same form. */
export function encodeSession(request: SessionRequest, pause: boolean): EncodedRun {
  checkLimits(request.limits, DEFAULT_KEEP_BYTES);
  const { program } = request;
  const how =
    "shell" in program
      ? { interpreter: PLAIN, shell: ["/bin/bash", "--noprofile", "--norc"] }
      : { interpreter: program.interpreter };
  const limits = wireLimits(request.limits);
  const header = { op: "session", ...how, env: { ...BASE_ENV, ...request.env }, limits, pause };
  return { ...withFiles(header, request.files ?? [], []), maxBytes: 0 };
}

/** Puts the manifest before the other sections and the files' bytes behind them. */
function withFiles(
  header: Readonly<Record<string, unknown>>,
  files: readonly InputFile[],
  sections: readonly Uint8Array[],
): Omit<EncodedRun, "maxBytes"> {
  checkPaths(files);
  const held = files.flatMap(({ data }) => ("number" in data ? [data.number] : []));
  if (held.length > MAX_HELD) throw refused("files", `at most ${MAX_HELD} held files`);
  const manifest = files.map(({ path, data, mode, archive }) => ({
    path,
    mode: mode ?? DEFAULT_FILE_MODE,
    ...(archive ? { archive } : {}),
    ...("number" in data ? { held: data.number } : { size: data.length }),
  }));
  const fixed = [files.length > 0 ? Buffer.from(JSON.stringify(manifest)) : EMPTY_MANIFEST, ...sections];
  const text = JSON.stringify({
    ...header,
    sections: fixed.map((section) => section.length),
    ...(held.length > 0 ? { held } : {}),
  });
  const encoded = Buffer.from(text);
  if (encoded.length > MAX_PAYLOAD) throw refused("program", "arguments and environment are too long");
  const all = [...fixed, ...files.flatMap(({ data }) => ("number" in data ? [] : [data]))];
  const size = all.reduce((sum, section) => sum + section.length, 0);
  if (size > MAX_BODY_BYTES)
    throw refused("files", `program, input and files come to ${size} bytes, above ${MAX_BODY_BYTES}`);
  return { header: encoded, sections: all };
}

function describeProgram(program: Program) {
  if ("argv" in program) return { interpreter: PLAIN, argv: program.argv, source: NOTHING, prelude: NOTHING };
  const { interpreter, source, prelude, args, fileName } = program;
  const file = fileName ?? "main.py";
  if (file.includes("/") || !isPlainPath(file)) throw refused("program.file_name", "must be a plain file name");
  return {
    interpreter,
    file,
    args: args ?? [],
    source: Buffer.from(source),
    prelude: prelude ? Buffer.from(prelude) : NOTHING,
  };
}

function wireLimits(limits: RunLimits) {
  return {
    wall_ms: limits.wallMs,
    cpu_ms: limits.cpuMs,
    memory_bytes: limits.memoryBytes,
    output_bytes: limits.outputBytes,
    processes: limits.processes,
    disk_bytes: limits.diskBytes,
    open_files: limits.openFiles,
  };
}

function checkLimits(limits: RunLimits, keepBytes: number): void {
  for (const [name, value] of Object.entries({ ...limits, keepBytes })) {
    if (!Number.isSafeInteger(value) || value <= 0) throw refused(`limits.${name}`, "must be a positive integer");
  }
  if (limits.openFiles < LEAST_OPEN_FILES) throw refused("limits.openFiles", `must be at least ${LEAST_OPEN_FILES}`);
}

function checkOutputs(outputs: readonly OutputRequest[]): void {
  if (outputs.length > MAX_OUTPUTS) throw refused("outputs", `at most ${MAX_OUTPUTS} files`);
  checkPaths(outputs);
}

/** The same rule as the agent's files.py: plain relative paths only. An archive may be the workspace itself. */
export function checkPaths(files: readonly { readonly path: string; readonly archive?: boolean }[]): void {
  for (const { path, archive } of files) {
    if (archive && path === ".") continue;
    if (!isPlainPath(path)) throw refused("files", `${JSON.stringify(path)} is not a plain relative path`);
  }
}

function isPlainPath(path: string): boolean {
  if (path.includes("\0")) return false;
  const plain = (part: string) => part !== "" && part !== "." && part !== ".." && Buffer.byteLength(part) <= 255;
  return path.split("/").every(plain);
}

export function refused(field: string, problem: string): SandlotError {
  return new SandlotError("invalid_request", { fields: [{ field, problem }] });
}
