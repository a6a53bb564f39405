/** A Python value without loss: integers are bigint, floats number, lists arrays. */
export type ExactValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly ExactValue[]
  | ReadonlyMap<string, ExactValue>
  | PythonTuple
  | PythonSet
  | PythonBytes
  | PythonComplex
  | PythonDict;

export interface PythonTuple {
  readonly kind: "tuple";
  readonly items: readonly ExactValue[];
}

export interface PythonSet {
  readonly kind: "set" | "frozenset";
  /** Hashable ones, in any order. */
  readonly items: readonly ExactValue[];
}

/** Also stands for a bytearray, which Python takes as equal. */
export interface PythonBytes {
  readonly kind: "bytes";
  /** With padding, in the one canonical form, so that equal bytes are equal text. */
  readonly base64: string;
}

export interface PythonComplex {
  readonly kind: "complex";
  readonly real: number;
  readonly imaginary: number;
}

/** A dict some keys of which are no strings; others are maps. */
export interface PythonDict {
  readonly kind: "dict";
  readonly entries: readonly (readonly [ExactValue, ExactValue])[];
}

export type PythonList = readonly ExactValue[];
export type PythonMap = ReadonlyMap<string, ExactValue>;

export function isList(value: ExactValue): value is PythonList {
  return Array.isArray(value);
}

export function isMap(value: ExactValue): value is PythonMap {
  return value instanceof Map;
}

/** Values of kinds that JSON has no form for. */
export type TaggedValue = PythonTuple | PythonSet | PythonBytes | PythonComplex | PythonDict;

export function isTagged(value: ExactValue): value is TaggedValue {
  return typeof value === "object" && value !== null && "kind" in value;
}
