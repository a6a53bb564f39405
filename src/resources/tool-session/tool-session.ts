import type { LimitName } from "../../contract/sandbox-limits.ts";
import type { CallContext } from "../../core/context.ts";

export interface ToolSessionOptions {
  /** One that has sessions in slots, such as `python`. */
  readonly language: string;
  /** Processor time of one call. What exceeds it is interrupted, its state kept. */
  readonly cpuSeconds: number;
  /** Time of one call on the clock. */
  readonly wallSeconds: number;
}

/** A program that keeps its state over the calls of one rollout. */
export interface ToolSession {
  /**
   * Runs code. Whatever the code does is a reply. After a call that has ended the program, the next one begins a new one.
   *
   * A session that is lost, as with its sandbox, is opened anew and its calls are made again. When the code could have
   * caused the loss, this happens in a sandbox of its own; what recurs there is a call that has ended the program, and so is
   * a state that cannot be had again. Only a loss that no code could have caused, and that stays, throws an error of the
   * sandbox domain.
   */
  call(ctx: CallContext, code: string): Promise<ToolReply>;
  /** Ends the program. Idempotent. */
  close(ctx: CallContext): Promise<void>;
}

/** What came of a call. */
export interface ToolReply {
  /** `interrupted`: at a time limit or that of output, state kept. `ended`: the program is gone, and its state. */
  readonly status: "ok" | "error" | "interrupted" | "ended";
  /** `str` of the last expression's value; null when there is none. */
  readonly value: string | null;
  /** The exception: its class, and its text. */
  readonly error: { readonly name: string; readonly message: string } | null;
  readonly limit: LimitName | null;
  /** Beginning and end, where there was much. */
  readonly stdout: string;
  readonly stderr: string;
}
