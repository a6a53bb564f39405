import type { Estimator, Interval } from "../../contract/metrics.ts";
import { NORMAL_95 } from "./student-t.ts";

/** Wilson's interval for a share of `n` trials; `n` may be a number of trials that others are worth. Null without trials. */
export function wilson(share: number, n: number, estimator: Estimator = "wilson"): Interval | null {
  if (!(n > 0)) return null;
  const z2 = NORMAL_95 ** 2;
  const middle = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (NORMAL_95 / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  // At the ends it is exact, but for the last digit.
  const low = share === 0 ? 0 : Math.max(0, middle - half);
  return { low, high: share === 1 ? 1 : Math.min(1, middle + half), estimator };
}
