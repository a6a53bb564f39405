import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Stage } from "../service.ts";

export interface CaseRuns {
  readonly count: number;
  /** At once. */
  readonly parallel: number;
  readonly stopAtFirstFailure: boolean;
  readonly hasFailed: (index: number, stage: Stage) => boolean;
  run(ctx: CallContext, index: number): Promise<Stage>;
  /** Asked before each case: true when no further one is to be run. */
  isOver(): boolean;
  onCase?(index: number, stage: Stage): void;
}

const CALLED_OFF = new SandlotError("cancelled", { detail: "an earlier case failed" });

/**
 * Runs the cases in order, some at once; null for those that were not run or came after the failure that ended it all.
 * When one throws, the others are ended, and the error is thrown once they have.
 */
export async function runCases(ctx: CallContext, runs: CaseRuns): Promise<(Stage | null)[]> {
  if (runs.count > 1) return new CaseRunner(ctx, runs).runAll();
  const only = await runs.run(ctx, 0);
  runs.onCase?.(0, only);
  return [only];
}

class CaseRunner {
  readonly #ctx: CallContext;
  readonly #runs: CaseRuns;
  readonly #stages: (Stage | null)[];
  readonly #active = new Map<number, AbortController>();
  #next = 0;
  /** Position of the first failure, when that ends it. */
  #end: number;
  #broken: { readonly error: unknown } | null = null;

  constructor(ctx: CallContext, runs: CaseRuns) {
    this.#ctx = ctx;
    this.#runs = runs;
    this.#end = runs.count;
    this.#stages = Array.from<null>({ length: runs.count }).fill(null);
  }

  async runAll(): Promise<(Stage | null)[]> {
    const { signal } = this.#ctx;
    const onAbort = () => this.#callOff(-1, signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await Promise.all(Array.from({ length: this.#runs.parallel }, () => this.#work()));
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
    if (signal.aborted) throw signal.reason;
    if (this.#broken) throw this.#broken.error;
    return this.#stages;
  }

  async #work(): Promise<void> {
    while (!this.#broken && !this.#ctx.signal.aborted && this.#next < this.#end && !this.#runs.isOver()) {
      const index = this.#next++;
      const controller = new AbortController();
      this.#active.set(index, controller);
      await this.#runOne(index, controller.signal);
      this.#active.delete(index);
    }
  }

  async #runOne(index: number, signal: AbortSignal): Promise<void> {
    const { stopAtFirstFailure, hasFailed } = this.#runs;
    try {
      const stage = await this.#runs.run({ ...this.#ctx, signal }, index);
      if (index > this.#end) return;
      this.#stages[index] = stage;
      this.#runs.onCase?.(index, stage);
      if (!stopAtFirstFailure || !hasFailed(index, stage)) return;
      this.#end = index;
      this.#stages.fill(null, index + 1);
      this.#callOff(index, CALLED_OFF);
    } catch (error) {
      if (signal.reason === CALLED_OFF) return;
      this.#broken ??= { error };
      this.#callOff(-1, CALLED_OFF);
    }
  }

  /** Ends the cases after this one. */
  #callOff(index: number, reason: unknown): void {
    for (const [other, controller] of this.#active) if (other > index) controller.abort(reason);
  }
}
