import { sleep } from "../../core/clock.ts";
import { type CallContext, throwIfEnded, withScope } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { candidateCouldCause, type FaultCause, faultCause, type RunResult, type Sandbox } from "../../sandbox/index.ts";
import { type Attempt, attempt, type Candidate } from "./attempt.ts";
import { controlRequest, doubtOf, hasFailed, hasTimeToRepeat, RUN_OVERHEAD_MS } from "./doubt.ts";
import { type LeaseSource, type LeaseWait, sumOfWaits } from "./lease.ts";
import { SubmissionRecord } from "./record.ts";

/** A run's result, or the fault that the candidate is to blame for. */
export type CandidateRun = RunFacts &
  ({ readonly result: RunResult; readonly blamed: null } | { readonly result: null; readonly blamed: FaultCause });

interface RunFacts {
  /** Of all its tries together. */
  readonly waited: LeaseWait;
  /** Where the last try was. */
  readonly sandbox: Sandbox;
  /** What went wrong on the way. */
  readonly evidence: readonly string[];
}

export interface CandidateRunOptions {
  /** What the submission's other runs have shown; default: nothing. */
  readonly record?: SubmissionRecord;
  /** Longest wait for the first sandbox; then `queue_full`. Default: the pool's own. Milliseconds. */
  readonly maxWaitMs?: number | undefined;
}

/** Repeats after faults that no candidate could have caused. */
const INFRASTRUCTURE_TRIES = 5;
/** Times a run may fail to be set up beside others before it gets a sandbox of its own. */
const SHARED_SETUPS = 2;
/**
 * Times that a fault or a kill has to recur, alone in a sandbox, before it is the candidate's: who kills at random, an
 * operator or the kernel, seldom hits the same one so often.
 */
const RECURRENCES = 3;
const BASE_DELAY_MS = 200;
/** Kept of the caller's time for answering with what is known. */
const ANSWER_MS = 500;
const EVIDENCE_LENGTH = 500;

/**
 * Runs candidates so that infrastructure faults never become their failures and they cannot buy a fault either. A fault
 * that a candidate could have caused, in itself or in whoever ran beside it, is repeated alone in a fresh sandbox; only
 * if it recurs there while a control program passes each time is it the candidate's.
 */
export class CandidateRunner {
  readonly #source: LeaseSource;

  constructor(source: LeaseSource) {
    this.#source = source;
  }

  /** Throws the fault when it is not the candidate's; the caller's retry policy goes on from there. */
  async run(ctx: CallContext, candidate: Candidate, options: CandidateRunOptions = {}): Promise<CandidateRun> {
    const { record = new SubmissionRecord(), maxWaitMs } = options;
    const first = await attempt(ctx, this.#source, candidate, { alone: record.dangerous, tries: 0, maxWaitMs });
    const inquiry = new Inquiry(candidate, record, this.#source);
    return inquiry.judge(ctx, first) ?? inquiry.repeat(ctx, first);
  }
}

/** What is known of one run that is being tried, until it is decided. */
class Inquiry {
  readonly #candidate: Candidate;
  readonly #record: SubmissionRecord;
  readonly #source: LeaseSource;
  readonly #evidence: string[] = [];
  #waited: LeaseWait = { queueMs: 0, claimMs: 0 };
  #tries = 0;
  #infrastructure = 0;
  #setups = 0;
  #recurrences = 0;
  #kills = 0;
  #doubted: CandidateRun | null = null;
  #alone: boolean;

  constructor(candidate: Candidate, record: SubmissionRecord, source: LeaseSource) {
    this.#candidate = candidate;
    this.#record = record;
    this.#source = source;
    this.#alone = record.dangerous;
  }

  /**
   * Tries until it is decided. A result in doubt that could not be repeated before the caller's deadline stands: who starves
   * where a fresh sandbox takes long to make would have bought an error.
   */
  async repeat(ctx: CallContext, first: Attempt): Promise<CandidateRun> {
    const { clock } = this.#source;
    const timeoutMs = Math.max(0, ctx.deadline - clock.now() - ANSWER_MS);
    try {
      return await withScope(ctx, { clock, timeoutMs, waitingFor: "a run alone" }, (scope) => this.#try(scope, first));
    } catch (error) {
      if (!this.#doubted || ctx.signal.aborted || !SandlotError.is(error, "deadline_exceeded")) throw error;
      this.#note("no time to repeat it alone before the caller's deadline");
      return this.#doubted;
    }
  }

  async #try(ctx: CallContext, first: Attempt): Promise<CandidateRun> {
    for (let last = first; ;) {
      throwIfEnded(ctx);
      const blamed = last.fault === null ? null : await this.#weigh(ctx, last);
      if (blamed !== null) {
        this.#record.blame();
        return { ...this.#facts(last), result: null, blamed };
      }
      last = await attempt(ctx, this.#source, this.#candidate, { alone: this.#alone, tries: this.#tries });
      const judged = this.judge(ctx, last);
      if (judged) return judged;
    }
  }

  /** The run, when this try decides it: a result that is beyond doubt. */
  judge(ctx: CallContext, last: Attempt): CandidateRun | null {
    this.#tries++;
    this.#waited = sumOfWaits(this.#waited, last.waited);
    const { result } = last;
    if (!result) return null;
    const run: CandidateRun = { ...this.#facts(last), result, blamed: null };
    const doubt = this.#doubtOf(ctx, result, last.exclusive);
    const repeats = hasTimeToRepeat(ctx.deadline - this.#source.clock.now());
    if (doubt !== null && repeats && !(this.#record.failsByItself && hasFailed(result))) {
      this.#note(`${doubt}; repeated alone`);
      this.#doubted = run;
      this.#alone = true;
      return null;
    }
    if (this.#doubted && hasFailed(result) && !last.hurried) this.#record.confirm();
    return run;
  }

  #doubtOf(ctx: CallContext, result: RunResult, exclusive: boolean): string | null {
    if (!exclusive) return doubtOf(result, this.#candidate.limits);
    return result.unexplainedKill && ++this.#kills < this.#enough(ctx) ? "killed without a limit being hit" : null;
  }

  /** The cause that the candidate is to blame for; null to try again. Throws a fault that has nobody to blame. */
  async #weigh(ctx: CallContext, last: Attempt): Promise<FaultCause | null> {
    const { fault } = last;
    const cause = faultCause(fault);
    this.#note(String(fault));
    const couldCause = candidateCouldCause(fault);
    const counts = last.alone || this.#isLastChance(ctx, last);
    if (cause === null || !(couldCause || cause === "setup")) await this.#forgive(ctx, fault);
    else if (counts && !(await this.#controlPasses(ctx, last))) await this.#forgive(ctx, fault);
    else if (counts && ++this.#recurrences >= this.#enough(ctx)) return cause;
    else if (couldCause || ++this.#setups >= SHARED_SETUPS) this.#alone = true;
    return null;
  }

  /**
   * Whether a fault counts at once because the caller's deadline leaves no time for the same alone: when nobody was beside
   * it, or when it has stalled after all its own time was over, and not with a sandbox that stalled under it.
   */
  #isLastChance(ctx: CallContext, { fault, exclusive, tookMs }: Attempt): boolean {
    if (this.#leftMs(ctx) >= RUN_OVERHEAD_MS) return false;
    return exclusive || (faultCause(fault) === "stalled" && tookMs >= this.#candidate.limits.wallMs);
  }

  /** Who could hold out until the caller's deadline would have bought an error: without time for more, once is enough. */
  #enough(ctx: CallContext): number {
    return this.#leftMs(ctx) < 2 * RUN_OVERHEAD_MS ? 1 : RECURRENCES;
  }

  /** Milliseconds until the caller's deadline once the program has had its wall limit again. */
  #leftMs(ctx: CallContext): number {
    return ctx.deadline - this.#source.clock.now() - this.#candidate.limits.wallMs;
  }

  /** Waits before the next try, or throws when there have been enough. */
  async #forgive(ctx: CallContext, fault: unknown): Promise<void> {
    if (++this.#infrastructure >= INFRASTRUCTURE_TRIES) throw fault;
    await sleep(this.#source.clock, BASE_DELAY_MS * 2 ** this.#infrastructure, ctx.signal);
  }

  /** When even the control program fails, the machine is at fault. */
  async #controlPasses(ctx: CallContext, { tookMs }: Attempt): Promise<boolean> {
    const { limits } = this.#candidate;
    // Close to the caller's deadline there is no time for it to last.
    const lastsMs = this.#enough(ctx) === 1 ? 0 : tookMs;
    const control: Candidate = { limits, prepare: () => controlRequest(limits, lastsMs) };
    const { result, waited } = await attempt(ctx, this.#source, control, { alone: true, tries: 0 });
    this.#waited = sumOfWaits(this.#waited, waited);
    return result !== null && !hasFailed(result);
  }

  #facts({ sandbox }: Attempt): RunFacts {
    return { waited: this.#waited, sandbox, evidence: this.#evidence };
  }

  #note(text: string): void {
    this.#evidence.push(text.slice(0, EVIDENCE_LENGTH));
  }
}
