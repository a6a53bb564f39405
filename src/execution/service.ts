import type { CallContext } from "../core/context.ts";
import type { JsonObject } from "../core/json/parse.ts";
import type { SessionEndReason } from "../contract/sessions.ts";
import type { StageStatus } from "../contract/execution-answers.ts";
import type {
  CapturedOutput,
  FaultCause,
  InputFile,
  OutputFile,
  OutputRequest,
  RunLimits,
  SandboxMode,
  SandboxSession,
  SessionCall,
  SessionReply,
} from "../sandbox/index.ts";

/** Runs programs by language in pooled sandboxes: one run, a batch of cases, or a session. What surfaces are made of. */
export interface ExecutionService {
  /** Every language of every image, with the image that runs it by default. */
  languages(): Promise<LanguageView[]>;
  /** Whether sandboxes of an image can be made; true where only trying tells. Throws when nobody can be asked. */
  hasImage(image: string): Promise<boolean>;
  /**
   * Compiles if need be and runs every case in a fresh slot. The program's failures are results, never errors. One that
   * attacks its sandbox is repeated; the deadline of `ctx` should leave a case some six times its wall time and 30 seconds.
   */
  run(ctx: CallContext, request: ExecutionRequest, listener?: ExecutionListener): Promise<Execution>;
  sessions: SessionService;
}

export interface LanguageView {
  readonly name: string;
  readonly aliases: readonly string[];
  /** Images that run it, the default first. */
  readonly images: readonly string[];
  readonly compiled: boolean;
  /** Whether sessions of it can be isolated by a slot; a shell needs a container. */
  readonly sessions: "slot" | "container" | null;
}

/** A program and the cases it is run with. */
export interface ExecutionRequest {
  /** Name or alias; `unknown_language` names the nearest. */
  readonly language: string;
  /** An image that has the language; default: the language's own. */
  readonly image?: string;
  readonly code: string;
  /** Source that is executed before the code in its namespace: trusted, and only where a warm interpreter runs it. */
  readonly prelude?: string;
  /** Tests that call the program, beside each of its cases. */
  readonly tests?: TestsRequest;
  /** Whose pools its sandboxes come from, default `execution`: those of different resources share no sandbox. */
  readonly resource?: string;
  /** In the workspace of the compiler and of every case. */
  readonly files?: readonly InputFile[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cases: readonly ExecutionCase[];
  /** Limits of every case; those left out come from the image's manifest. */
  readonly limits?: Partial<RunLimits>;
  /** Limits of the compiler; those left out come from the image's manifest. */
  readonly compileLimits?: Partial<RunLimits>;
  /** The limits come from a system that knows nothing of ours: times hold as they are, and memory beyond the largest is cut. */
  readonly foreignLimits?: boolean;
  /** Cases at once, default and maximum: the slots of a sandbox. */
  readonly parallel?: number;
  /** Ends after the first case, in order, that has failed. Later ones that have started are called off. */
  readonly stopAtFirstFailure?: boolean;
  /** Whether a case has failed, asked once for each; default: when its status is not `ok`. */
  readonly hasFailed?: (index: number, stage: Stage) => boolean;
  /** Bytes kept of each output stream, default 1 MiB; with more than 32 cases, their part of 32 MiB. */
  readonly keepBytes?: number;
  /** The mode that is demanded; without one, the strongest that works. */
  readonly mode?: SandboxMode;
  /** A container runtime such as `runsc`; a missing one is refused. */
  readonly runtime?: string;
  /** Longest wait for a slot, in milliseconds; then `queue_full`. Default: the service's. */
  readonly maxQueueMs?: number;
}

/** Tests in a slot of their own, joined with the program's by a call bridge and nothing else (docs/bridge.md). */
export type TestsRequest = (PythonTestsRequest | ProgramTestsRequest) & {
  /** The most that their report may come to in bytes, default 1 MiB. */
  readonly reportBytes?: number;
};

/** Only where a warm Python runs the program. */
export interface PythonTestsRequest {
  /** Python. */
  readonly source: string;
  /** What to run of it, as `sandboxes/agent/bridge` takes it. */
  readonly options: JsonObject;
}

/** Tests that are a program of the program's language, compiled apart from it, in a slot of their own. */
export interface ProgramTestsRequest {
  readonly program: string;
}

export interface ExecutionCase {
  readonly stdin?: Uint8Array;
  readonly args?: readonly string[];
  readonly files?: readonly InputFile[];
  readonly outputs?: readonly OutputRequest[];
  /** Bytes kept of each of its output streams; default: those of the request. */
  readonly keepBytes?: number;
}

/** Hears of progress while a request is executed. */
export interface ExecutionListener {
  onCompiled?(stage: Stage): void;
  /** Cases as they complete, in any order; a failure that ends the request may come to light after cases behind it. */
  onCase?(index: number, stage: Stage): void;
  /** Output of a program as it comes; only asked for when there is one case. */
  onOutput?(stream: "stdout" | "stderr", data: Uint8Array): void;
}

/** One compilation or one case. */
export interface Stage {
  readonly status: StageStatus;
  /** One sentence; empty when it is `ok`. */
  readonly message: string;
  /** Null when the program is blamed for a fault of its sandbox, or killed by a limit before it ended by itself. */
  readonly exit: { readonly code: number } | { readonly signal: number } | null;
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
  readonly files: readonly OutputFile[];
  readonly times: StageTimes;
  readonly memoryPeakBytes: number;
  /** How the tests beside it ended, if there were any. */
  readonly tests: TestsStage | null;
  readonly blamed: FaultCause | null;
  /** Faults and doubts on the way, after which it was repeated. */
  readonly evidence: readonly string[];
  readonly sandbox: {
    readonly id: string;
    readonly provider: string;
    readonly image: string;
    readonly mode: SandboxMode;
  };
}

/** What became of the tests that called a program. */
export interface TestsStage {
  readonly status: StageStatus;
  /** One sentence; empty when it is `ok`. */
  readonly message: string;
  /** Null when they left none that is as small as it has to be. */
  readonly report: Uint8Array | null;
  readonly stderr: CapturedOutput;
  readonly cpuMs: number;
}

/** Milliseconds; none is part of another. */
export interface StageTimes {
  /** Waiting for a slot. */
  readonly queueMs: number;
  /** From the free slot to the sandbox in hand: choosing, checking that it is well. */
  readonly claimMs: number;
  readonly setupMs: number;
  /** The program's own time on the clock; for a compilation, the compiler's. */
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly teardownMs: number;
}

export interface Execution {
  readonly language: string;
  readonly image: string;
  /** Null when the language is not compiled. When it is not `ok`, no case was run. */
  readonly compile: Stage | null;
  /** Of tests that are compiled, before the program; when it is not `ok`, the program was not compiled and no case run. */
  readonly testsCompile?: Stage;
  /** By index; null where a case was not run, because the compiler or an earlier case failed. */
  readonly cases: readonly (Stage | null)[];
}

/** Living sessions of all tenants; each belongs to the tenant that opened it, and others get `not_found`. */
export interface SessionService {
  open(ctx: CallContext, request: OpenSessionRequest): Promise<SessionView>;
  /** The session itself, to call, read and write; using it counts against idleness. */
  use<T>(ctx: CallContext, id: string, work: (session: UsedSession) => Promise<T>): Promise<T>;
  interrupt(ctx: CallContext, id: string): void;
  get(ctx: CallContext, id: string): SessionView;
  list(ctx: CallContext): SessionView[];
  close(ctx: CallContext, id: string): Promise<void>;
}

/** A session whose calls tell how long they have waited. */
export interface UsedSession extends SandboxSession {
  call(ctx: CallContext, call: SessionCall): Promise<UsedSessionReply>;
}

export interface UsedSessionReply extends SessionReply {
  /** Milliseconds behind other calls and files of the session; no part of the call's own. */
  readonly queueMs: number;
}

export interface OpenSessionRequest {
  readonly language: string;
  readonly image?: string;
  /** `slot`: a long-lived slot beside others, cheap. `container`: a sandbox of its own, destroyed afterwards. */
  readonly isolation: "slot" | "container";
  readonly files?: readonly InputFile[];
  readonly env?: Readonly<Record<string, string>>;
  readonly limits?: Partial<RunLimits>;
  /** As in `ExecutionRequest`. */
  readonly foreignLimits?: boolean;
  /** Ends when nobody has used it for so long, default 10 minutes. */
  readonly idleMs?: number;
  /** Ends so long after it was opened, default 1 hour. */
  readonly lifetimeMs?: number;
  /** Longest wait for a place, in milliseconds; then `queue_full`. Default: the service's. */
  readonly maxQueueMs?: number;
  readonly mode?: SandboxMode;
  readonly runtime?: string;
}

export interface SessionView {
  readonly id: string;
  readonly language: string;
  readonly image: string;
  readonly isolation: "slot" | "container";
  readonly state: "open" | "ended";
  /** Why it ended; null while it is open. */
  readonly reason: SessionEndReason | null;
  /** What is known beyond the reason. */
  readonly detail: string | null;
  readonly sandbox: { readonly id: string; readonly provider: string; readonly mode: SandboxMode };
  /** Epoch milliseconds. */
  readonly openedAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
  readonly times: { readonly queueMs: number; readonly claimMs: number; readonly setupMs: number };
}
