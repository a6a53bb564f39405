import type { JsonObject } from "../core/json/parse.ts";
import type { LimitName } from "../contract/sandbox-limits.ts";
import type { SandboxMode } from "./spec.ts";

/** Limits of one run (docs/sandbox.md says what holds each). */
export interface RunLimits {
  /** From the program's start. */
  readonly wallMs: number;
  /** User and system time of all processes together. */
  readonly cpuMs: number;
  readonly memoryBytes: number;
  /** Standard output and error together; a program that writes more is ended. */
  readonly outputBytes: number;
  readonly processes: number;
  /** Largest single file; the scratch space is capped by the sandbox's specification. */
  readonly diskBytes: number;
  readonly openFiles: number;
}

/** A file, or a folder as a tar archive, that is laid into the workspace before a program starts. */
export interface InputFile {
  /** Relative to the workspace; for an archive, the folder to unpack into (`.` is the workspace itself). */
  readonly path: string;
  /** The bytes, or bytes that the sandbox holds already. */
  readonly data: Uint8Array | HeldBytes;
  /** Permission bits, default 0o644. */
  readonly mode?: number;
  /** Whether `data` is a tar archive of regular files and folders; anything else in it is refused. */
  readonly archive?: boolean;
}

/** Bytes that a sandbox keeps for later runs in it, so that a compiled program travels once and not with every case. */
export interface HeldBytes {
  readonly sandboxId: string;
  readonly number: number;
  readonly size: number;
}

/** A file, or a folder as a tar archive, to fetch after the run; at most 64 of them. */
export interface OutputRequest {
  readonly path: string;
  /** Bytes; what is larger comes as `too_large` and empty. */
  readonly limit: number;
  readonly archive?: boolean;
}

/** The program of a run: source for a warm interpreter of the image, or a command line. */
export type Program =
  | {
      /** Its name in the image's manifest, e.g. `python`. */
      readonly interpreter: string;
      readonly source: string;
      /** Source that is executed first in the same namespace; trusted, and not part of the candidate's line numbers. */
      readonly prelude?: string;
      readonly args?: readonly string[];
      /** Name that the source goes by in the workspace, default `main.py`. */
      readonly fileName?: string;
    }
  | { readonly argv: readonly string[] };

/**
 * Tests that call the program over a bridge (docs/bridge.md), in a slot of their own beside it, joined with it by a socket
 * and nothing else: Python that calls a warm Python, or a command line that calls a command line. Either leaves a report.
 */
export type BridgedTests = (PythonTests | CommandTests) & {
  readonly limits: RunLimits;
  /** The most that their report may come to, in bytes. */
  readonly reportBytes: number;
};

/** The program is then source for a warm Python that only serves their calls. */
export interface PythonTests {
  readonly source: string;
  /** How to run them, as `sandboxes/agent/bridge` takes it. */
  readonly options: JsonObject;
}

/** The program is then a command line, too. Each of the two has its end of the socket as descriptor 3. */
export interface CommandTests {
  readonly argv: readonly string[];
  readonly files: readonly InputFile[];
  readonly env: Readonly<Record<string, string>>;
}

export interface RunRequest {
  readonly program: Program;
  /** `sandbox_unsupported` in mode C, which has one slot. */
  readonly tests?: BridgedTests;
  readonly stdin?: Uint8Array;
  readonly files?: readonly InputFile[];
  readonly outputs?: readonly OutputRequest[];
  /** Added to PATH, HOME, LANG and TMPDIR. */
  readonly env?: Readonly<Record<string, string>>;
  readonly limits: RunLimits;
  /** Bytes kept of each output stream, default 1 MiB; the rest is drained and counted. */
  readonly keepBytes?: number;
  /** Called with output as it comes, up to the head that is kept; the result holds it once more. */
  readonly onOutput?: (stream: "stdout" | "stderr", data: Uint8Array) => void;
}

/** One output stream: everything, or the first and the last part of it. */
export interface CapturedOutput {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  /** Bytes between head and tail that were dropped. */
  readonly dropped: number;
}

export interface OutputFile {
  readonly path: string;
  /** `refused`: not a regular file reached without links. */
  readonly status: "ok" | "missing" | "refused" | "too_large";
  readonly data: Uint8Array;
}

/** Milliseconds, measured inside the sandbox; none of them is part of another. */
export interface RunTimes {
  /** From the complete request to the program's start. */
  readonly setupMs: number;
  /** The program's own time. */
  readonly wallMs: number;
  /** Processor time of all its processes. */
  readonly cpuMs: number;
  /** Killing, reaping and emptying the slot. */
  readonly teardownMs: number;
}

/** What happened, as the lane saw it. */
export interface RunResult {
  /** How the program's first process ended. */
  readonly exit: { readonly code: number } | { readonly signal: number };
  readonly limit: LimitName | null;
  /** Killed by something other than a limit: the kernel for want of memory, or itself. */
  readonly unexplainedKill: boolean;
  /** The kernel ran out of the sandbox's memory meanwhile and ended a process, of this run or of another beside it. */
  readonly oomNearby: boolean;
  /** At the wall limit: milliseconds in which threads of the run were ready but got no processor. */
  readonly starvedMs: number;
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
  readonly files: readonly OutputFile[];
  readonly times: RunTimes;
  readonly memoryPeakBytes: number;
  readonly mode: SandboxMode;
  /** How the tests ended that called the program; their report is the only file. */
  readonly tests?: RunResult;
}
