import type { ExactValue } from "sandlot";

/** Python's `==` for JSON values: `1 == 1.0 == True`, objects in any order, NaN equal to nothing. */
export function sameValue(a: ExactValue, b: ExactValue): boolean {
  if (isList(a) && isList(b)) return a.length === b.length && a.every((value, i) => sameValue(value, b[i] ?? null));
  if (isObject(a) && isObject(b)) {
    if (a.size !== b.size) return false;
    return Array.from(a).every(([key, value]) => b.has(key) && sameValue(value, b.get(key) ?? null));
  }
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x === null || y === null) return a === b;
  // Loose equality compares bigint and number by value, which is what Python does.
  return x == y;
}

function isList(value: ExactValue): value is readonly ExactValue[] {
  return Array.isArray(value);
}

function isObject(value: ExactValue): value is ReadonlyMap<string, ExactValue> {
  return value instanceof Map;
}

function numberOf(value: ExactValue): number | bigint | null {
  if (typeof value === "boolean") return BigInt(value);
  return typeof value === "number" || typeof value === "bigint" ? value : null;
}
