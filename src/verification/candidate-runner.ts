import { type Clock, sleep } from "../core/clock.ts";
import { type CallContext, throwIfEnded } from "../core/context.ts";
import {
  candidateCouldCause,
  type FaultCause,
  faultCause,
  type RunRequest,
  type RunResult,
  type SandboxLease,
  type SandboxPool,
} from "../sandbox/index.ts";

/** A run's result, or the fault that the candidate is to blame for. */
export type CandidateRun = RunFacts &
  ({ readonly result: RunResult; readonly blamed: null } | { readonly result: null; readonly blamed: FaultCause });

interface RunFacts {
  readonly waitedMs: number;
  /** Where the last run was. */
  readonly lease: Pick<SandboxLease, "sandbox">;
  /** What went wrong on the way. */
  readonly evidence: readonly string[];
}

export interface CandidateRunnerOptions {
  readonly pool: SandboxPool;
  /** A program that must succeed in any healthy sandbox, with the candidate's limits. */
  readonly control: (request: RunRequest) => RunRequest;
  readonly clock: Clock;
}

/** Share of its wall limit that a program must have waited for a processor before its time-out is in doubt. */
const STARVED_SHARE = 0.15;
/** Alone, a program gets this multiple of its wall limit: processor time is what it is allowed, and that stays. */
const PATIENCE = 4;

/** Why a result beside others may be their doing and not the program's; null when there is no such doubt. */
function doubtOf(result: RunResult, { limits }: RunRequest): string | null {
  if (result.oomNearby) return "memory ran out beside others";
  if (result.unexplainedKill) return "killed beside others without a limit being hit";
  if (result.limit === "wall" && result.starvedMs > STARVED_SHARE * limits.wallMs)
    return "timed out waiting for a processor";
  return null;
}

/** The measure is the program, not the machine: who is repeated for others' sake is not timed out for others' sake. */
function patient(request: RunRequest): RunRequest {
  return { ...request, limits: { ...request.limits, wallMs: PATIENCE * request.limits.wallMs } };
}

/** Repeats after faults that no candidate could have caused. */
const INFRASTRUCTURE_TRIES = 5;
/** Times a fault has to recur, alone in a fresh sandbox, before the candidate is blamed. */
const RECURRENCES = 2;
const BASE_DELAY_MS = 200;

/**
 * Runs candidates so that infrastructure faults never become their failures and they cannot buy a fault either
 * (design: "No candidate can buy a mask"). A fault that a candidate could have caused, in itself or in whoever ran
 * beside it, is repeated alone in a fresh sandbox; only if it recurs there, twice, while a control program passes
 * each time, is it the candidate's.
 */
export class CandidateRunner {
  readonly #options: CandidateRunnerOptions;

  constructor(options: CandidateRunnerOptions) {
    this.#options = options;
  }

  /** Throws the fault when it is not the candidate's; the caller's retry policy goes on from there. */
  async run(ctx: CallContext, request: RunRequest): Promise<CandidateRun> {
    const evidence: string[] = [];
    let waitedMs = 0;
    let alone = false;
    let recurrences = 0;
    for (let tries = 0; ;) {
      const attempt = await this.#once(ctx, alone ? patient(request) : request, alone);
      waitedMs += attempt.waitedMs;
      const { result, fault, lease } = attempt;
      const doubt = result && !attempt.exclusive ? doubtOf(result, request) : null;
      if (result && doubt === null) return { result, blamed: null, waitedMs, lease, evidence };
      evidence.push(doubt === null ? String(fault) : `${doubt}; repeated alone`);
      throwIfEnded(ctx);
      const cause = faultCause(fault);
      if (cause !== null && !candidateCouldCause(fault)) {
        if (++tries >= INFRASTRUCTURE_TRIES) throw fault;
        await sleep(this.#options.clock, BASE_DELAY_MS * 2 ** tries, ctx.signal);
      } else {
        if (alone && cause !== null) {
          await this.#assertControlPasses(ctx, request, fault);
          if (++recurrences >= RECURRENCES) return { result: null, blamed: cause, waitedMs, lease, evidence };
        }
        alone = true;
      }
    }
  }

  async #once(ctx: CallContext, request: RunRequest, exclusive: boolean) {
    const lease = await this.#options.pool.lease(ctx, { exclusive });
    const facts = { waitedMs: lease.waitedMs, exclusive: lease.exclusive, lease: { sandbox: lease.sandbox } };
    try {
      const result = await lease.sandbox.run(ctx, request);
      lease.release();
      return { ...facts, result, fault: null };
    } catch (fault) {
      // After a cancelled run the sandbox is well; after a fault it must not be used again.
      lease.release({ discard: faultCause(fault) !== null });
      if (faultCause(fault) === null) throw fault;
      return { ...facts, result: null, fault };
    }
  }

  /** When even the control program fails, the machine is at fault: throws what the candidate met. */
  async #assertControlPasses(ctx: CallContext, request: RunRequest, fault: unknown): Promise<void> {
    const { result } = await this.#once(ctx, this.#options.control(request), true);
    const passed = result !== null && result.limit === null && "code" in result.exit && result.exit.code === 0;
    if (!passed) throw fault;
  }
}
