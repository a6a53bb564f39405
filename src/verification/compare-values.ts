import type { ExactValue } from "./python-json.ts";

const RELATIVE = 1e-5;
const ABSOLUTE = 1e-8;

/**
 * NeMo Gym's rule for returned values (code_gen): equal as Python's `==` has it (`1 == 1.0 == True`), or equal when
 * written as JSON (which makes NaN equal to itself), or close as floats of the same shape (relative 1e-5, absolute
 * 1e-8, as numpy.allclose). Two things of numpy's are not imitated, since they pass wrong answers: broadcasting of
 * `[1, 1]` to `1`, and tolerance between integers (100001 for 100000).
 */
export function sameValue(got: ExactValue, expected: ExactValue): boolean {
  return equal(got, expected) || close(got, expected);
}

function equal(a: ExactValue, b: ExactValue): boolean {
  if (isList(a) && isList(b)) return sameLists(a, b, equal);
  if (isObject(a) && isObject(b)) {
    if (a.size !== b.size) return false;
    return Array.from(a).every(([key, value]) => b.has(key) && equal(value, b.get(key) ?? null));
  }
  const x = numeric(a);
  const y = numeric(b);
  if (x === null || y === null) return a === b;
  if (Number.isNaN(x) && Number.isNaN(y)) return true;
  // Loose equality compares bigint and number by value, which is what Python does.
  return x == y;
}

type List = readonly ExactValue[];

function isList(value: ExactValue): value is List {
  return Array.isArray(value);
}

function isObject(value: ExactValue): value is ReadonlyMap<string, ExactValue> {
  return value instanceof Map;
}

function sameLists(a: List, b: List, same: (a: ExactValue, b: ExactValue) => boolean): boolean {
  return a.length === b.length && a.every((value, i) => same(value, b[i] ?? null));
}

function numeric(value: ExactValue): number | bigint | null {
  if (typeof value === "boolean") return BigInt(value);
  return typeof value === "number" || typeof value === "bigint" ? value : null;
}

function close(a: ExactValue, b: ExactValue): boolean {
  if (isList(a) && isList(b)) return sameLists(a, b, close);
  const x = numeric(a);
  const y = numeric(b);
  if (x === null || y === null) return false;
  if (typeof x === "bigint" && typeof y === "bigint") return x === y;
  const [got, wanted] = [Number(x), Number(y)];
  if (!Number.isFinite(got) || !Number.isFinite(wanted)) return false;
  return Math.abs(got - wanted) <= ABSOLUTE + RELATIVE * Math.abs(wanted);
}
