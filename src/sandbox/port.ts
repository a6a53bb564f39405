import type { CallContext } from "../core/context.ts";
import type { SandboxEnd } from "./faults.ts";
import type { HeldBytes, RunRequest, RunResult } from "./run.ts";
import type { ProvedLimit } from "../contract/sandbox-limits.ts";
import type { SandboxSession, SessionRequest } from "./session.ts";
import type { SandboxMode, SandboxSpec } from "./spec.ts";

/** One running sandbox. */
export interface Sandbox {
  readonly id: string;
  readonly provider: string;
  readonly mode: SandboxMode;
  /** The image with its version, as the provider names it. */
  readonly image: string;
  /** Settles when the sandbox is gone, whatever the reason. */
  readonly ended: Promise<SandboxEnd>;
  /** It had better get no more work: its kernel holds what programs left. What runs in it may end. */
  readonly worn: boolean;
  /**
   * Runs one program in a fresh slot. Faults of the sandbox throw `sandbox_lost`, `sandbox_stalled` or
   * `sandbox_protocol`; everything that the program does is a result. Aborting the context kills the run.
   */
  run(ctx: CallContext, request: RunRequest): Promise<RunResult>;
  /**
   * Gives the sandbox bytes to keep for later runs; `sandbox_unavailable` when it holds too much already, and the
   * caller sends them with each run instead.
   */
  hold(ctx: CallContext, data: Uint8Array): Promise<HeldBytes>;
  /** Lets go of held bytes; runs that have started keep them. */
  drop(held: HeldBytes): void;
  /** Starts a program that keeps its state between calls, in a slot of its own. Throws like `run`. */
  openSession(ctx: CallContext, request: SessionRequest): Promise<SandboxSession>;
  /** A round trip to the agent; throws like `run`. */
  check(ctx: CallContext): Promise<void>;
}

/** A sandbox as its provider lists it, alive or left over. */
export interface SandboxListing {
  readonly id: string;
  readonly installation: string;
  /** The server that made it. */
  readonly owner: string;
  /** Epoch milliseconds after which it has no right to exist. */
  readonly expiresAt: number;
}

/** What a provider can do on this machine. */
export interface ProviderReport {
  readonly available: boolean;
  /** One sentence: what works, or what is missing. */
  readonly detail: string;
  /** Engine, kernel and the like, for `sandlot doctor`. */
  readonly facts: Readonly<Record<string, string>>;
}

/** Makes sandboxes. With `Sandbox` and `SandboxSession`, the whole port. */
export interface SandboxProvider {
  readonly name: string;
  /** What its sandboxes of a mode and runtime cannot hold by their nature, each with the reason; a fixed list. All else is proved. */
  unenforced?(mode: SandboxMode, runtime: string): Readonly<Partial<Record<ProvedLimit, string>>>;
  /** Never throws: a machine that lacks something gets told what. */
  probe(ctx: CallContext): Promise<ProviderReport>;
  create(ctx: CallContext, spec: SandboxSpec): Promise<Sandbox>;
  /** Every sandbox of this installation, whoever made it. */
  list(ctx: CallContext): Promise<SandboxListing[]>;
  /** Ends and removes a sandbox; one that is gone already is no error. */
  remove(ctx: CallContext, id: string): Promise<void>;
}

/** Who makes sandboxes; goes into their labels. */
export interface SandboxOwner {
  readonly installation: string;
  readonly owner: string;
}
