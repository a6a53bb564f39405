import type { Dropped, TaskFilter, TaskProfile } from "../../contract/profiles.ts";

/** Nothing dropped yet. */
export const noneDropped = (): Dropped => ({ open: 0, errors: 0, too_few: 0, below: 0, above: 0 });

/** Why a task is not let through; null when it is. A task without a pass rate is under every bound that is asked of it. */
export function whyDropped(
  filter: TaskFilter,
  { open, errors, measured, pass_rate: rate }: Pick<TaskProfile, "open" | "errors" | "measured" | "pass_rate">,
): keyof Dropped | null {
  const { min_pass: least, max_pass: most, min_n: enough = 0, no_errors: noErrors, no_open: noOpen } = filter;
  if (noOpen && open > 0) return "open";
  if (noErrors && errors > 0) return "errors";
  const asksForRate = least !== undefined || most !== undefined;
  if (measured < enough || (asksForRate && rate === null)) return "too_few";
  if (rate === null) return null;
  if (least !== undefined && rate < least) return "below";
  return most !== undefined && rate > most ? "above" : null;
}
