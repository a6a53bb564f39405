import type { Clock } from "../../core/clock.ts";
import { type CallContext, whilePaused } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { isInnocent, isModelDown } from "./refusals.ts";
import { WaitingLine } from "./waiting-line.ts";

export interface OutageOptions {
  /** Of the model; for the log. */
  readonly model: string;
  /** How long a call may go on trying after its first failure. Milliseconds. */
  readonly patienceMs: number;
  readonly clock: Clock;
}

/** Failures in a row after which the endpoint counts as down. */
const FAILURES = 5;
/** While it is down one call goes out so often, milliseconds; when it is up again those that waited go this close. */
const PROBE_MS = 1_000;
const RELEASE_MS = 20;
const RELEASED_AT_ONCE = 100;

/**
 * An endpoint that is down fails every call within milliseconds, and would use up the attempts of every rollout that waits for it.
 * So its calls wait instead: one goes out each second, and the first that is answered sets the others free. The wait is no work
 * of those who wait (`CallContext.pause`), and ends with their context. A task whose calls are what breaks connections counts once:
 * it can't make the others wait.
 */
export class Outage {
  readonly #options: OutageOptions;
  readonly #line = new WaitingLine();
  /** Tasks that failed since the last answer, or a name of its own for a failure that was no call's doing. */
  readonly #failed = new Set<string | symbol>();
  #cancelTimer: (() => void) | null = null;

  constructor(options: OutageOptions) {
    this.#options = options;
  }

  /** Whether the endpoint counts as down. */
  get isOpen(): boolean {
    return this.#failed.size >= FAILURES;
  }

  get waiting(): number {
    return this.#line.length;
  }

  /** What `fn`, a call for `task`, comes to. Throws what it throws; that the endpoint is down only while that is not known, or after the patience. */
  async run<T>(ctx: CallContext, task: string | null, fn: () => Promise<T>): Promise<T> {
    const { clock, patienceMs } = this.#options;
    for (let giveUpAt = Infinity; ;) {
      if (this.isOpen) await whilePaused(ctx, () => this.#turn(ctx));
      try {
        const value = await fn();
        this.#reached(ctx);
        return value;
      } catch (error) {
        if (!isModelDown(error)) {
          if (isAnswer(ctx, error)) this.#reached(ctx);
          throw error;
        }
        this.#fell(ctx, task === null || isInnocent(error) ? Symbol("failure") : task);
        giveUpAt = Math.min(giveUpAt, clock.monotonic() + patienceMs);
        if (!this.isOpen || clock.monotonic() >= giveUpAt) throw error;
      }
    }
  }

  #fell({ logger }: CallContext, who: string | symbol): void {
    if (this.isOpen) return;
    this.#failed.add(who);
    if (this.isOpen)
      logger.warn({ model: this.#options.model }, "the model does not answer: its calls wait until it does");
  }

  #reached({ logger }: CallContext): void {
    if (this.isOpen) logger.info({ model: this.#options.model, waiting: this.waiting }, "the model answers again");
    else if (this.#failed.size === 0) return;
    this.#failed.clear();
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#schedule();
  }

  #turn(ctx: CallContext): Promise<void> {
    const turn = this.#line.wait(ctx);
    this.#schedule();
    return turn;
  }

  #schedule(): void {
    if (this.#cancelTimer || this.waiting === 0) return;
    const [ms, count] = this.isOpen ? [PROBE_MS, 1] : [RELEASE_MS, RELEASED_AT_ONCE];
    this.#cancelTimer = this.#options.clock.after(ms, () => {
      this.#cancelTimer = null;
      this.#line.admit(count);
      this.#schedule();
    });
  }
}

/** Whether the endpoint said it: a refusal is a sign of life, too. */
function isAnswer({ signal }: CallContext, error: unknown): boolean {
  return !signal.aborted && SandlotError.is(error) && error.code !== "model_timeout";
}
