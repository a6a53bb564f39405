export interface Ratio {
  readonly mean: number;
  /** 95 % interval. */
  readonly low: number;
  readonly high: number;
}

/** Geometric mean of `ours[i] / theirs[i]` with its 95 % interval (Student's t on the logarithms). */
export function pairedRatio(ours: readonly number[], theirs: readonly number[]): Ratio {
  const logs = ours.map((value, i) => Math.log(value / (theirs[i] ?? Number.NaN)));
  const mean = meanOf(logs);
  const freedom = logs.length - 1;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / freedom;
  const half = studentT(freedom) * Math.sqrt(variance / logs.length);
  return { mean: Math.exp(mean), low: Math.exp(mean - half), high: Math.exp(mean + half) };
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The 97.5 % quantile of Student's t (Cornish-Fisher; right to 0.5 % from 5 degrees of freedom on). */
function studentT(freedom: number): number {
  const z = 1.959964;
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / freedom + second / freedom ** 2 + third / freedom ** 3;
}
