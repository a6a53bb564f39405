import { type Clock, sleep } from "../../core/clock.ts";
import { type CallContext, throwIfEnded } from "../../core/context.ts";
import type { SessionLoss } from "./loss.ts";

export interface LossInquiryOptions {
  readonly clock: Clock;
  /** Whether a program that harms nobody is well in a fresh sandbox of its own. */
  readonly controlPasses: (ctx: CallContext) => Promise<boolean>;
}

/** Losses of one call that are forgiven as the machine's. */
const MACHINE_TRIES = 3;
/** Times that a doubtful loss has to recur in a sandbox of its own before it is the candidate's. */
const RECURRENCES = 2;
const BASE_DELAY_MS = 200;

/** Finds out for one call of a tool whose doing it is that its session is lost. */
export class LossInquiry {
  readonly #options: LossInquiryOptions;
  #machine = 0;
  #recurrences = 0;
  #alone = false;

  constructor(options: LossInquiryOptions) {
    this.#options = options;
  }

  /** Whether the next try has to have a sandbox to itself. */
  get alone(): boolean {
    return this.#alone;
  }

  /**
   * Whether the candidate is to blame; if not, the call is to be tried again. Throws the fault when there have been too
   * many that nobody in a sandbox could have caused.
   */
  async isBlamed(ctx: CallContext, { cause, fault, alone }: SessionLoss): Promise<boolean> {
    throwIfEnded(ctx);
    if (cause === "stopping") throw fault;
    const doubtful = cause === "doubtful";
    const wasAsked = this.#alone;
    this.#alone ||= doubtful;
    if (doubtful && !alone && !wasAsked) return false;
    if (doubtful && (await this.#options.controlPasses(ctx))) return ++this.#recurrences >= RECURRENCES;
    if (++this.#machine >= MACHINE_TRIES) throw fault;
    await sleep(this.#options.clock, BASE_DELAY_MS * 2 ** this.#machine, ctx.signal);
    return false;
  }
}
