import { sandboxProcesses, SCRATCH_INODES, type SandboxSpec } from "../spec.ts";

/** A warm interpreter: how it is started and what it imports beforehand (sandboxes/<image>/image.yaml). */
export interface Interpreter {
  readonly kind: "fork" | "spare";
  readonly argv: readonly string[];
  readonly preload: readonly string[];
}

/** What the host tells the agent when it has proved who it is. */
export interface AgentConfig {
  readonly lease_ms: number;
  readonly mode: string;
  readonly scratch_bytes: number;
  readonly scratch_inodes: number;
  readonly body_bytes: number;
  /** Processes of the whole sandbox, which lanes hold by sampling where the kernel does not. */
  readonly processes: number;
  /** Budget of bytes that are held for later runs. */
  readonly held_bytes: number;
  /** Lanes at most: two for every run at once, since tests may go with it, and one that gets ready meanwhile. */
  readonly lanes: number;
  /** Slots that a lane serves before it is replaced; each has a user of its own in mode A. */
  readonly runs_per_lane: number;
  /** Whether the kernel counts a user's processes within the sandbox alone, so that RLIMIT_NPROC can hold the limit in mode C. */
  readonly counts_own_user: boolean;
  /** Whether there is a network that slots without namespaces of their own (mode C) must not reach. */
  readonly has_network: boolean;
  readonly interpreters: Readonly<Record<string, Interpreter>>;
}

/** The agent ends itself after this long without a word from its host. */
export const LEASE_MS = 60_000;

/** Largest request of a run: program, input and files together. */
export const MAX_BODY_BYTES = 64 << 20;

/** Part of the agent's reserve. */
const HELD_BYTES = 64 << 20;
const RUNS_PER_LANE = 250;

/** What the agent cannot see of the sandbox that it is in. */
export interface AgentSurroundings {
  /** Whether nobody else on this kernel has the sandbox's users. */
  readonly ownUsers: boolean;
  /** Whether the sandbox is on a network. Default false. */
  readonly network?: boolean;
}

export function agentConfig(
  spec: SandboxSpec,
  interpreters: Readonly<Record<string, Interpreter>>,
  { ownUsers, network = false }: AgentSurroundings,
): AgentConfig {
  return {
    lease_ms: LEASE_MS,
    mode: spec.mode,
    scratch_bytes: spec.scratchBytes,
    scratch_inodes: SCRATCH_INODES,
    body_bytes: MAX_BODY_BYTES,
    processes: sandboxProcesses(spec),
    held_bytes: HELD_BYTES,
    lanes: spec.mode === "C" ? 1 : 2 * spec.slots + 1,
    runs_per_lane: RUNS_PER_LANE,
    counts_own_user: ownUsers,
    has_network: network,
    interpreters,
  };
}
