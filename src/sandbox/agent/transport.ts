import type { Readable, Writable } from "node:stream";
import type { SandboxEnd } from "../faults.ts";

/** A byte stream to an agent, whatever carries it, and what its carrier knows about its end. */
export interface AgentTransport {
  readonly input: Writable;
  readonly output: Readable;
  /** Asked once, after the stream has ended without a word of the agent: what happened, within about a second. */
  diagnose(): Promise<SandboxEnd>;
  /** Lets go of the stream. */
  destroy(): void;
}
