import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Program, RunLimits, RunRequest } from "../run.ts";
import { MAX_BODY_BYTES } from "./config.ts";
import { MAX_PAYLOAD } from "./frames.ts";

const DEFAULT_KEEP_BYTES = 1 << 20;
const MAX_OUTPUTS = 64;
const DEFAULT_FILE_MODE = 0o644;
const BASE_ENV = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: "/workspace", LANG: "C.UTF-8", TMPDIR: "/tmp" };

/** A run as the agent takes it: a small JSON header, and the bytes it speaks of. */
export interface EncodedRun {
  readonly header: Buffer;
  readonly sections: readonly Uint8Array[];
  /** What the answer may come to. */
  readonly maxBytes: number;
}

/** Throws `invalid_request` for what no agent would take. */
export function encodeRun(request: RunRequest): EncodedRun {
  const { program, limits } = request;
  const files = request.files ?? [];
  const outputs = request.outputs ?? [];
  const keepBytes = request.keepBytes ?? DEFAULT_KEEP_BYTES;
  checkLimits(limits, keepBytes);
  checkPaths([...files, ...outputs].map((file) => file.path));
  if (outputs.length > MAX_OUTPUTS) throw refused("outputs", `at most ${MAX_OUTPUTS} files`);

  const manifest = files.map(({ path, data, mode, archive }) => ({
    path,
    mode: mode ?? DEFAULT_FILE_MODE,
    ...(archive ? { archive } : {}),
    ...("number" in data ? { held: data.number } : { size: data.length }),
  }));
  const { source, prelude, ...how } = describeProgram(program);
  const fixed = [Buffer.from(JSON.stringify(manifest)), source, prelude, request.stdin ?? Buffer.alloc(0)];
  const header = Buffer.from(
    JSON.stringify({
      op: "run",
      ...how,
      env: { ...BASE_ENV, ...request.env },
      limits: wireLimits(limits),
      keep_bytes: keepBytes,
      outputs,
      sections: fixed.map((section) => section.length),
    }),
  );
  const sections = [...fixed, ...files.flatMap(({ data }) => ("number" in data ? [] : [data]))];
  if (header.length > MAX_PAYLOAD) throw refused("program", "arguments and environment are too long");
  const size = sections.reduce((sum, section) => sum + section.length, 0);
  if (size > MAX_BODY_BYTES)
    throw refused("files", `program, input and files come to ${size} bytes, above ${MAX_BODY_BYTES}`);
  const fetched = outputs.reduce((sum, output) => sum + output.limit, 0);
  return { header, sections, maxBytes: 2 * keepBytes + fetched + MAX_PAYLOAD };
}

function describeProgram(program: Program) {
  const none = Buffer.alloc(0);
  if ("argv" in program) return { interpreter: "plain", argv: program.argv, source: none, prelude: none };
  const { interpreter, source, prelude, args } = program;
  return { interpreter, args: args ?? [], source: Buffer.from(source), prelude: Buffer.from(prelude ?? "") };
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
}

/** The same rule as the agent's files.py: plain relative paths only. */
function checkPaths(paths: readonly string[]): void {
  for (const path of paths) {
    const parts = path.split("/");
    const plain = parts.every((part) => part !== "" && part !== "." && part !== ".." && Buffer.byteLength(part) <= 255);
    if (!plain || path.includes("\0")) throw refused("files", `${JSON.stringify(path)} is not a plain relative path`);
  }
}

function refused(field: string, problem: string): SandlotError {
  return new SandlotError("invalid_request", { fields: [{ field, problem }] });
}
