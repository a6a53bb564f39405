import { type Clock, sleep } from "../../core/clock.ts";
import { type CallContext, whilePaused } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { AdaptiveLimit } from "./adaptive-limit.ts";
import { WaitingLine } from "./waiting-line.ts";

export interface GateOptions {
  /** At once, at most. */
  readonly max: number;
  /** Whether an error says that there was no room at the moment, and that nothing has been done. */
  readonly isRefusal: (error: unknown) => boolean;
  readonly clock: Clock;
  /** In [0, 1); spreads those who come back. */
  readonly random: () => number;
}

/** Waits after refusals in a row: doubled from the first to the longest. Milliseconds. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
/** Refusals of one in a row; with the longest waits these are minutes. Then the refusal is thrown. */
const MAX_REFUSALS = 20;
/** Weight of the latest in the mean time of a stay. */
const LATEST = 0.1;

/**
 * Lets in as many at once as are borne; the others wait in the order in which they came, and one that was refused inside comes
 * again. Waits are no work of those who wait (`CallContext.pause`), and end with their context. How many wait is for the
 * callers to bound.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #limit: AdaptiveLimit;
  readonly #line = new WaitingLine();
  #inside = 0;
  #meanStayMs = 0;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#limit = new AdaptiveLimit(options);
  }

  get inside(): number {
    return this.#inside;
  }

  get waiting(): number {
    return this.#line.length;
  }

  /** What is borne at once at the moment. */
  get limit(): number {
    return this.#limit.current;
  }

  /** How long one that came now would wait, as far as the stays of late tell. Milliseconds. */
  get expectedWaitMs(): number {
    return this.#inside < this.limit ? 0 : ((this.#line.length + 1) / this.limit) * this.#meanStayMs;
  }

  /** What `fn` comes to, inside. Throws what it throws, a refusal only after many; or the context's reason. */
  async run<T>(ctx: CallContext, fn: () => Promise<T>): Promise<T> {
    const { clock } = this.#options;
    for (let refusals = 1; ; refusals++) {
      if (!this.#hasRoom()) await whilePaused(ctx, () => this.#line.wait(ctx));
      const tried = await this.#inTurn(fn);
      if ("value" in tried) return tried.value;
      if (refusals >= MAX_REFUSALS) throw tried.refusal;
      const wait = this.#waitAfter(tried.refusal, refusals);
      await whilePaused(ctx, () => sleep(clock, wait, ctx.signal));
    }
  }

  async #inTurn<T>(fn: () => Promise<T>): Promise<{ readonly value: T } | { readonly refusal: unknown }> {
    const { clock, isRefusal } = this.#options;
    const enteredAt = clock.monotonic();
    try {
      const value = await fn();
      this.#limit.succeeded(this.#inside);
      return { value };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#limit.refused(this.#inside);
      return { refusal: error };
    } finally {
      this.#meanStayMs += LATEST * (clock.monotonic() - enteredAt - this.#meanStayMs);
      this.#inside--;
      this.#admit();
    }
  }

  #hasRoom(): boolean {
    if (this.#inside >= this.limit || this.#line.length > 0) return false;
    this.#inside++;
    return true;
  }

  #admit(): void {
    while (this.#inside < this.limit && this.#line.length > 0) {
      this.#inside++;
      this.#line.admit(1);
    }
  }

  /** What was asked for, and no less than the own wait. */
  #waitAfter(refusal: unknown, refusals: number): number {
    const own = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(refusals - 1, 10));
    const context = SandlotError.is(refusal) ? refusal.context : {};
    const asked = "retry_after" in context && typeof context.retry_after === "number" ? 1_000 * context.retry_after : 0;
    return Math.max(own, asked) * (1 + this.#options.random() / 2);
  }
}
