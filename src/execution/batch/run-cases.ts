import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Stage } from "../service.ts";

export interface CaseRuns {
  readonly count: number;
  /** At once. */
  readonly parallel: number;
  readonly stopAtFirstFailure: boolean;
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
  const stages = Array.from<Stage | null>({ length: runs.count }).fill(null);
  if (runs.count === 1) {
    const only = await runs.run(ctx, 0);
    runs.onCase?.(0, only);
    return [only];
  }
  const active = new Map<number, AbortController>();
  const endAfter = (index: number, reason: unknown) => {
    for (const [other, controller] of active) if (other > index) controller.abort(reason);
  };
  let next = 0;
  let firstFailure = Infinity;
  let broken: { readonly error: unknown } | null = null;

  const takeOne = async (index: number, controller: AbortController) => {
    try {
      const stage = await runs.run({ ...ctx, signal: controller.signal }, index);
      if (index > firstFailure) return;
      stages[index] = stage;
      runs.onCase?.(index, stage);
      if (!runs.stopAtFirstFailure || stage.status === "ok") return;
      firstFailure = index;
      stages.fill(null, index + 1);
      endAfter(index, CALLED_OFF);
    } catch (error) {
      if (controller.signal.reason === CALLED_OFF) return;
      broken ??= { error };
      endAfter(-1, CALLED_OFF);
    }
  };
  const work = async () => {
    while (!broken && !ctx.signal.aborted && next < Math.min(runs.count, firstFailure) && !runs.isOver()) {
      const index = next++;
      const controller = new AbortController();
      active.set(index, controller);
      await takeOne(index, controller);
      active.delete(index);
    }
  };

  const onAbort = () => endAfter(-1, ctx.signal.reason);
  ctx.signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.all(Array.from({ length: runs.parallel }, work));
  } finally {
    ctx.signal.removeEventListener("abort", onAbort);
  }
  if (ctx.signal.aborted) throw ctx.signal.reason;
  if (broken) throw (broken as { readonly error: unknown }).error;
  return stages;
}
