/** The 97.5 % point of the normal distribution: half of a 95 % interval, in standard errors. */
export const NORMAL_95 = 1.959963984540054;

/** From here on Student's t and the normal distribution agree to six digits. */
const MANY = 1_000_000;
const KEPT = 1_024;
const known = new Map<number, number>();

/** The 97.5 % point of Student's t distribution: half of a 95 % interval, in standard errors. `freedom` ≥ 1. */
export function studentT95(freedom: number): number {
  if (freedom >= MANY) return NORMAL_95;
  const kept = known.get(freedom);
  if (kept !== undefined) return kept;
  if (known.size >= KEPT) known.clear();
  const found = solve(freedom);
  known.set(freedom, found);
  return found;
}

/** P(|T| > t) = I_x(ν/2, 1/2) with x = ν/(ν + t²), which grows with x: halving finds where it is 5 %. */
function solve(freedom: number): number {
  let low = 0;
  let high = 1;
  for (;;) {
    const x = (low + high) / 2;
    if (x === low || x === high) return Math.sqrt((freedom * (1 - x)) / x);
    if (incompleteBeta(x, freedom / 2, 0.5) < 0.05) low = x;
    else high = x;
  }
}

/** The regularised incomplete beta function, by its continued fraction (Numerical Recipes 6.4). */
function incompleteBeta(x: number, a: number, b: number): number {
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
}

const TINY = 1e-300;
const STEPS = 500;

function fraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    const before = value;
    for (const term of [even, odd]) {
      d = 1 / nonZero(1 + term * d);
      c = nonZero(1 + term / c);
      value *= d * c;
    }
    if (Math.abs(value - before) <= 1e-15 * Math.abs(value)) break;
  }
  return value;
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** Lanczos' approximation with g = 7; good to 15 digits for x > 0. */
const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

function logGamma(x: number): number {
  const z = x - 1;
  let sum = 0.99999999999980993;
  for (const [i, coefficient] of LANCZOS.entries()) sum += coefficient / (z + i + 1);
  const t = z + LANCZOS.length - 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}
