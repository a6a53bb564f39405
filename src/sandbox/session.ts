import type { LimitName } from "../contract/sandbox-limits.ts";
import type { SessionEndReason } from "../contract/sessions.ts";
import type { CallContext } from "../core/context.ts";
import type { CapturedOutput, InputFile, OutputFile, OutputRequest, RunLimits } from "./run.ts";

/** What keeps its state: a warm Python with notebook semantics, or a Bash. */
export type SessionProgram = { readonly interpreter: string } | { readonly shell: "bash" };

export interface SessionRequest {
  readonly program: SessionProgram;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: readonly InputFile[];
  /** `wallMs` and `cpuMs` bound one call unless it says otherwise; the others hold for the session as a whole. */
  readonly limits: RunLimits;
}

export interface SessionCall {
  /** Source for the interpreter, or a shell command. Without NUL bytes. */
  readonly code: string;
  /** Default: those of the session's limits. */
  readonly wallMs?: number;
  readonly cpuMs?: number;
  /** Bytes kept of each output stream, default 1 MiB. */
  readonly keepBytes?: number;
}

/** What an exception was, as far as the session told. */
export interface SessionError {
  readonly name: string;
  readonly message: string;
  /** As Python prints it, without our own frames. */
  readonly traceback: string;
}

export interface SessionReply {
  /**
   * `ok`; `error`, an exception or (shell) an exit code that is not 0; `interrupted`, by us or at a time limit, with
   * the state kept; `ended`, the program is gone and its state with it (`limit` and `exit` say why).
   */
  readonly status: "ok" | "error" | "interrupted" | "ended";
  /** `repr` of the last expression's value; null when there is none. */
  readonly value: string | null;
  readonly error: SessionError | null;
  /** Shell: exit code of the command. */
  readonly exitCode: number | null;
  /** How the session's process ended, when it did. */
  readonly exit: { readonly code: number } | { readonly signal: number } | null;
  readonly limit: LimitName | null;
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
  /** Milliseconds from handing over the code to the reply, and processor time of the call. */
  readonly times: { readonly wallMs: number; readonly cpuMs: number };
  readonly memoryPeakBytes: number;
}

/** `detail`: what is known beyond the reason, as what took the sandbox away. */
export interface SessionEnd {
  readonly reason: SessionEndReason;
  readonly detail: string | null;
}

/** A living program inside a sandbox. Calls run one after another; one that comes while another runs waits for it. */
export interface SandboxSession {
  /** Settles when the session is over. */
  readonly ended: Promise<SessionEnd>;
  /** Throws `session_ended` when the program is gone, faults of the sandbox like `Sandbox.run`. */
  call(ctx: CallContext, call: SessionCall): Promise<SessionReply>;
  /** Interrupts the running call, as Ctrl-C does. */
  interrupt(): void;
  write(ctx: CallContext, files: readonly InputFile[]): Promise<void>;
  read(ctx: CallContext, outputs: readonly OutputRequest[]): Promise<OutputFile[]>;
  /** Ends the program and everything it started. Idempotent. */
  close(): Promise<void>;
}
