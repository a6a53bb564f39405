import { z } from "zod";
import {
  type ExactValue,
  isList,
  isMap,
  isTagged,
  type PythonComplex,
  type PythonDict,
  type PythonList,
  type PythonMap,
  type PythonSet,
} from "./exact-value.ts";
import { jsonKey, keyText } from "./key-text.ts";

const RELATIVE = 1e-5;
const ABSOLUTE = 1e-8;

/** How returned values are compared; `sameValue` and `equalValue` say it. */
export const ValueComparison = z.enum(["gym", "exact"]).meta({ id: "ValueComparison" });
export type ValueComparison = z.infer<typeof ValueComparison>;

/** Whether a returned value is the expected one by the rule. */
export function compareValues(rule: ValueComparison, got: ExactValue, expected: ExactValue): boolean {
  return rule === "gym" ? sameValue(got, expected) : equalValue(got, expected);
}

/**
 * NeMo Gym's rule for returned values (code_gen): equal as Python's `==` has it (`1 == 1.0 == True`), or equal when
 * written as JSON (which makes NaN equal to itself, tuples to lists and the key 1 to "1"), or close as floats of the
 * same shape (relative 1e-5, absolute 1e-8, as numpy.allclose). Two things of numpy's are not imitated, since they
 * pass wrong answers: broadcasting of `[1, 1]` to `1`, and tolerance between integers (100001 for 100000).
 */
export function sameValue(got: ExactValue, expected: ExactValue): boolean {
  return equal(got, expected, "gym") || close(got, expected);
}

/**
 * Python's `==`, without tolerance: no tuple equals a list, no set a list. NaN equals NaN here, since it could not be
 * expected otherwise.
 */
export function equalValue(got: ExactValue, expected: ExactValue): boolean {
  return equal(got, expected, "exact");
}

function equal(a: ExactValue, b: ExactValue, rule: ValueComparison): boolean {
  const [items, others] = [sequence(a), sequence(b)];
  if (items && others) {
    return (rule === "gym" || isList(a) === isList(b)) && sameItems(items, others, (x, y) => equal(x, y, rule));
  }
  if (isDict(a) && isDict(b)) return sameDicts(a, b, rule);
  if (isSet(a) && isSet(b)) return a.items.length === b.items.length && keyText(a) === keyText(b);
  if (isTagged(a) && a.kind === "bytes") return isTagged(b) && b.kind === "bytes" && a.base64 === b.base64;
  const x = numeric(a);
  const y = numeric(b);
  if (x === null || y === null) return a === b;
  if (isComplex(x) || isComplex(y)) {
    return isComplex(x) && isComplex(y) && sameNumber(x.real, y.real) && sameNumber(x.imaginary, y.imaginary);
  }
  return sameNumber(x, y);
}

function sameNumber(x: number | bigint, y: number | bigint): boolean {
  if (Number.isNaN(x) && Number.isNaN(y)) return true;
  // Loose equality compares bigint and number by value, which is what Python does.
  return x == y;
}

function sameItems(a: PythonList, b: PythonList, same: (a: ExactValue, b: ExactValue) => boolean): boolean {
  return a.length === b.length && a.every((value, i) => same(value, b[i] ?? null));
}

function sameDicts(a: PythonMap | PythonDict, b: PythonMap | PythonDict, rule: ValueComparison): boolean {
  const pairs = pairsBy(keyText, entriesOf(a), entriesOf(b));
  if (pairs) return pairs.every(([x, y]) => equal(x, y, rule));
  if (rule === "exact") return false;
  return pairsBy(jsonKey, entriesOf(a), entriesOf(b))?.every(([x, y]) => equal(x, y, rule)) ?? false;
}

type Entries = readonly (readonly [ExactValue, ExactValue])[];

/**
 * The members of both under the same key; null unless each has a partner. Keys of the second, the expected one, are
 * indexed.
 */
function pairsBy(
  textOf: (key: ExactValue) => string | null,
  a: Entries,
  b: Entries,
): (readonly [ExactValue, ExactValue])[] | null {
  const expected = new Map(b.map(([key, member]) => [textOf(key), { member }]));
  if (a.length !== b.length || expected.size !== b.length || expected.has(null)) return null;
  const pairs: (readonly [ExactValue, ExactValue])[] = [];
  for (const [key, member] of a) {
    const text = textOf(key);
    const other = expected.get(text);
    if (!other) return null;
    expected.delete(text);
    pairs.push([member, other.member]);
  }
  return pairs;
}

function entriesOf(value: PythonMap | PythonDict): Entries {
  return isMap(value) ? [...value] : value.entries;
}

function isDict(value: ExactValue): value is PythonMap | PythonDict {
  return isMap(value) || (isTagged(value) && value.kind === "dict");
}

function isSet(value: ExactValue): value is PythonSet {
  return isTagged(value) && (value.kind === "set" || value.kind === "frozenset");
}

function sequence(value: ExactValue): PythonList | null {
  if (isList(value)) return value;
  return isTagged(value) && value.kind === "tuple" ? value.items : null;
}

/** A number that is not complex. */
function real(value: ExactValue): number | bigint | null {
  if (typeof value === "boolean") return BigInt(value);
  return typeof value === "number" || typeof value === "bigint" ? value : null;
}

type Numeric = number | bigint | PythonComplex;

function numeric(value: ExactValue): Numeric | null {
  if (!isTagged(value) || value.kind !== "complex") return real(value);
  return value.imaginary === 0 ? value.real : value;
}

function isComplex(value: Numeric): value is PythonComplex {
  return typeof value === "object";
}

function close(a: ExactValue, b: ExactValue): boolean {
  const [items, others] = [sequence(a), sequence(b)];
  if (items && others) return sameItems(items, others, close);
  const x = real(a);
  const y = real(b);
  if (x === null || y === null) return false;
  if (typeof x === "bigint" && typeof y === "bigint") return x === y;
  const [got, wanted] = [Number(x), Number(y)];
  if (!Number.isFinite(got) || !Number.isFinite(wanted)) return false;
  return Math.abs(got - wanted) <= ABSOLUTE + RELATIVE * Math.abs(wanted);
}
