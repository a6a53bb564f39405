"use strict";
/** Plain values as JSON: what JSON has no form for is an array that begins with a letter, arrays and objects too. */

const MOST_DEPTH = 200;
const MOST_DIGITS = 100_000;

/** A value that has no plain form. */
class Unsendable extends Error {}

/** A value of a plain form that is too large or too deep for a frame. */
class TooLarge extends Unsendable {}

/** The JSON of a value. */
function encode(value, depth = 0) {
  if (depth > MOST_DEPTH) throw new TooLarge(`nested more than ${MOST_DEPTH} deep`);
  const inner = (item) => encode(item, depth + 1);
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : ["n", Object.is(value, -0) ? "-0" : String(value)];
    case "undefined":
      return ["u"];
    case "bigint":
      return ["b", String(value)];
    case "object":
      break;
    case "function":
    case "symbol":
      throw new Unsendable(`a ${typeof value}`);
  }
  if (value === null) return null;
  if (Array.isArray(value)) return ["l", ...Array.from(value, inner)];
  if (value instanceof Map) return ["m", ...Array.from(value, ([key, item]) => [inner(key), inner(item)])];
  if (value instanceof Set) return ["s", ...Array.from(value, inner)];
  if (value instanceof Date) return ["d", inner(value.getTime())];
  if (value instanceof Error) return ["e", nameOf(value), value.message];
  for (const kind of [Promise, WeakMap, WeakSet, RegExp, ArrayBuffer])
    if (value instanceof kind) throw new Unsendable(`a ${kind.name}`);
  if (ArrayBuffer.isView(value)) throw new Unsendable("a typed array");
  return ["o", ...Object.entries(value).map(([key, item]) => [key, inner(item)])];
}

/** The value of what `encode` made, or of whatever else came: throws for what it could not have made. */
function decode(json, depth = 0) {
  if (depth > MOST_DEPTH + 1) throw new TypeError("too deep");
  if (!Array.isArray(json)) {
    if (json !== null && typeof json === "object") throw new TypeError("an object");
    return json;
  }
  const inner = (item) => decode(item, depth + 1);
  const [tag, ...rest] = json;
  switch (tag) {
    case "u":
      return undefined;
    case "n":
      return { "-0": -0, NaN: Number.NaN, Infinity: Infinity, "-Infinity": -Infinity }[rest[0]];
    case "b":
      if (typeof rest[0] !== "string" || rest[0].length > MOST_DIGITS) throw new TypeError("a number that is none");
      return BigInt(rest[0]);
    case "l":
      return rest.map(inner);
    case "m":
      return new Map(rest.map(([key, item]) => [inner(key), inner(item)]));
    case "s":
      return new Set(rest.map(inner));
    case "d":
      return new Date(Number(inner(rest[0])));
    case "e":
      return errorOf(String(rest[0]), String(rest[1]));
    case "o": {
      const object = {};
      for (const [key, item] of rest) put(object, key, inner(item));
      return object;
    }
    default:
      throw new TypeError("an unknown tag");
  }
}

/** Sets a property of the object's own, whatever its name; one that is constant stays. */
function put(object, key, value) {
  Reflect.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

const ERRORS = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

function nameOf(error) {
  return String(error.name || error.constructor?.name || "Error");
}

/** An error of the name's own class where it is JavaScript's, else a plain one that has the name. */
function errorOf(name, message) {
  if (Object.hasOwn(ERRORS, name)) return new ERRORS[name](message);
  const error = new Error(message);
  error.name = name;
  return error;
}

/** Brings what a call has done to its arguments into the objects that were passed. */
function copyBack(passed, changed) {
  if (passed === null || typeof passed !== "object" || changed === null || typeof changed !== "object") return;
  if (Object.isFrozen(passed)) return;
  if (passed instanceof Map && changed instanceof Map) {
    passed.clear();
    for (const [key, item] of changed) passed.set(key, item);
  } else if (passed instanceof Set && changed instanceof Set) {
    passed.clear();
    for (const item of changed) passed.add(item);
  } else if (Array.isArray(passed) === Array.isArray(changed)) {
    for (const key of Object.keys(passed)) if (!Object.hasOwn(changed, key)) delete passed[key];
    if (Array.isArray(passed)) passed.length = changed.length;
    for (const [key, item] of Object.entries(changed)) {
      const own = Object.hasOwn(passed, key) ? passed[key] : undefined;
      if (isPlainContainer(own) && isPlainContainer(item) && Array.isArray(own) === Array.isArray(item))
        copyBack(own, item);
      else if (!(own instanceof Date && item instanceof Date)) put(passed, key, item);
    }
  }
}

function isPlainContainer(value) {
  return value !== null && typeof value === "object" && !(value instanceof Date) && !(value instanceof Error);
}

module.exports = { TooLarge, Unsendable, copyBack, decode, encode };
