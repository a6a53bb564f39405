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
      const attempt = await this.#once(ctx, request, alone);
      waitedMs += attempt.waitedMs;
      const { result, fault, lease } = attempt;
      if (result && !(result.unexplainedKill && !attempt.exclusive))
        return { result, blamed: null, waitedMs, lease, evidence };
      evidence.push(result ? "killed beside others without a limit being hit; repeated alone" : String(fault));
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
