import type { Clock } from "../core/clock.ts";
import type { CliServices } from "./services.ts";

/** Where text goes: standard output or error, or a test's. */
export interface TextOutput {
  /** Text, or bytes of a program as they are. */
  write(data: string | Uint8Array): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  on?(event: "error", listener: (error: Error) => void): unknown;
}

/** Signals that ask the process to end. */
export type EndSignal = "SIGINT" | "SIGTERM";

/** Where signals come from: the process, or a test's emitter. */
export interface SignalSource {
  on(signal: EndSignal, listener: () => void): unknown;
  off(signal: EndSignal, listener: () => void): unknown;
}

/** The world as the commands see it; the entry point gives the real one. */
export interface CliOptions {
  readonly services: CliServices;
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  /** Read only when a command is asked to (`-` as a file name). */
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** The terminal that standard input and output are, to edit lines on; null when they are none. */
  readonly terminal?: { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream } | null;
  readonly signals: SignalSource;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** Of Sandlot. */
  readonly version: string;
  /** How the user calls this program, for commands that are suggested. Default `sandlot`; not quoted again. */
  readonly command?: string;
  readonly clock?: Clock;
}
