import { type ExactValue, isList, isMap, isTagged, type PythonList, type PythonMap } from "./exact-value.ts";
import { MAX_DEPTH, parsePythonJson } from "./python-json.ts";

/** A dict is an object, a list and a list for each pair. */
const JSON_LEVELS = 3;
/** About 150,000 decimal digits. */
const MAX_HEX_DIGITS = 1 << 17;

/**
 * Reads our tagged JSON: what `parsePythonJson` reads, but an object with the key `$` is a value that JSON has no form
 * for, `{"$": tag, "v": payload}`. Tags and payloads: `tuple`, `set`, `frozenset` (a list), `bytes` (base64),
 * `complex` ([real, imaginary]), `int` (hexadecimal text, for those that Python does not write in decimal), `dict` (a
 * list of pairs; any dict with the key `$` or with keys that are no strings). Throws SyntaxError otherwise, for values
 * nested deeper than 200 and for members of sets and keys that Python could not hash.
 */
export function parseTaggedJson(text: string): ExactValue {
  return untagged(parsePythonJson(text, JSON_LEVELS * (MAX_DEPTH + 1)), 0);
}

function untagged(value: ExactValue, depth: number): ExactValue {
  if (depth > MAX_DEPTH) throw new SyntaxError(`nested deeper than ${MAX_DEPTH}`);
  if (isList(value)) return value.map((item) => untagged(item, depth + 1));
  if (!isMap(value)) return value;
  if (!value.has("$")) return new Map(Array.from(value, ([key, member]) => [key, untagged(member, depth + 1)]));
  if (value.size !== 2 || !value.has("v")) throw new SyntaxError("a tagged value is not of the form {$, v}");
  const tag = value.get("$");
  if (typeof tag !== "string") throw new SyntaxError("a tag that is not text");
  return ofTag(tag, value.get("v") ?? null, depth);
}

function ofTag(tag: string, payload: ExactValue, depth: number): ExactValue {
  switch (tag) {
    case "tuple":
      return { kind: tag, items: itemsOf(payload, tag, depth) };
    case "set":
    case "frozenset":
      return { kind: tag, items: itemsOf(payload, tag, depth).map(hashable) };
    case "bytes":
      return { kind: tag, base64: base64Of(payload) };
    case "complex":
      return complexOf(payload);
    case "int":
      return integerOf(payload);
    case "dict":
      return dictOf(payload, depth);
    default:
      throw new SyntaxError("an unknown tag");
  }
}

function itemsOf(payload: ExactValue, tag: string, depth: number): PythonList {
  if (!isList(payload)) throw new SyntaxError(`a ${tag} without a list`);
  return payload.map((item) => untagged(item, depth + 1));
}

function base64Of(payload: ExactValue): string {
  const canonical = typeof payload === "string" && Buffer.from(payload, "base64").toString("base64") === payload;
  if (!canonical) throw new SyntaxError("bytes that are not base64");
  return payload;
}

function complexOf(payload: ExactValue): ExactValue {
  const [real, imaginary, ...more] = isList(payload) ? payload : [];
  if (!isNumber(real) || !isNumber(imaginary) || more.length > 0)
    throw new SyntaxError("a complex without two numbers");
  return { kind: "complex", real: Number(real), imaginary: Number(imaginary) };
}

function isNumber(value: ExactValue | undefined): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function integerOf(payload: ExactValue): bigint {
  if (typeof payload !== "string") throw new SyntaxError("an int that is not text");
  if (payload.length > MAX_HEX_DIGITS) throw new SyntaxError(`an integer of more than ${MAX_HEX_DIGITS} digits`);
  const match = /^(-?)(?:0x)?([\da-f]+)$/i.exec(payload);
  if (!match) throw new SyntaxError("an int that is not hexadecimal");
  const magnitude = BigInt(`0x${match[2]}`);
  return match[1] === "-" ? -magnitude : magnitude;
}

function dictOf(payload: ExactValue, depth: number): ExactValue {
  if (!isList(payload)) throw new SyntaxError("a dict without a list");
  const entries = payload.map((pair) => {
    const [key, member, ...more] = isList(pair) ? pair : [];
    if (key === undefined || member === undefined || more.length > 0) throw new SyntaxError("a dict without pairs");
    return [hashable(untagged(key, depth + 1)), untagged(member, depth + 1)] as const;
  });
  const texts = entries.filter((entry): entry is readonly [string, ExactValue] => typeof entry[0] === "string");
  return texts.length === entries.length ? (new Map(texts) satisfies PythonMap) : { kind: "dict", entries };
}

/** `value`, if Python could hash it; what is in it has been read, and so checked, before. */
function hashable(value: ExactValue): ExactValue {
  const fixed = !isTagged(value) || (value.kind !== "set" && value.kind !== "dict");
  if (isList(value) || isMap(value) || !fixed) throw new SyntaxError("a member or key that cannot be hashed");
  if (isTagged(value) && value.kind === "tuple") for (const item of value.items) hashable(item);
  return value;
}
