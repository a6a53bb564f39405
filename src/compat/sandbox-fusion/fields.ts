import { pythonFloat } from "./python-number.ts";
import { type Problem, pydanticProblem, valueProblem } from "./refusal.ts";

type Loc = Problem["loc"];

/** Reads one value as pydantic's lax mode does; adds what is wrong with it and then answers undefined. */
export type Reader<T> = (value: unknown, loc: Loc, problems: Problem[]) => T | undefined;

export interface Field<T> {
  readonly read: Reader<T>;
  /** Value when the field is left out; without one it is required. */
  readonly missing?: () => T;
}

type Fields = Readonly<Record<string, Field<unknown>>>;
export type Model<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

export function required<T>(read: Reader<T>): Field<T> {
  return { read };
}

export function optional<T>(read: Reader<T>, fallback: T): Field<T> {
  return { read, missing: () => fallback };
}

/** An object with these fields, in whose order problems are told; others are ignored. */
export function model<F extends Fields>(fields: F): Reader<Model<F>> {
  return (value, loc, problems) => {
    if (!isObject(value)) {
      const msg = "Input should be a valid dictionary or object to extract fields from";
      return fail(problems, "model_attributes_type", loc, msg, value);
    }
    const before = problems.length;
    const read = Object.entries(fields).map(([name, field]) => {
      if (Object.hasOwn(value, name)) return [name, field.read(value[name], [...loc, name], problems)] as const;
      if (field.missing) return [name, field.missing()] as const;
      return [name, fail(problems, "missing", [...loc, name], "Field required", value)] as const;
    });
    return problems.length > before ? undefined : (Object.fromEntries(read) as Model<F>);
  };
}

/** A text. Lone surrogates are refused: there are no bytes for them. */
export const text: Reader<string> = (value, loc, problems) => {
  if (typeof value !== "string") return fail(problems, "string_type", loc, "Input should be a valid string", value);
  if (value.isWellFormed()) return value;
  const msg = "Input should be a valid string, unable to parse raw data as a unicode string";
  return fail(problems, "string_unicode", loc, msg, value.toWellFormed());
};

/** A number of any JSON kind, or the text of one. Infinities pass, since callers clamp; NaN does not. */
export const float: Reader<number> = (value, loc, problems) => {
  const number = laxNumber(value);
  const msg = "Input should be a valid number";
  if (number === "no number") return fail(problems, "float_type", loc, msg, value);
  if (number === null) {
    return fail(problems, "float_parsing", loc, `${msg}, unable to parse string as a number`, value);
  }
  if (Number.isNaN(number)) return fail(problems, "finite_number", loc, "Input should be a finite number", value);
  return number;
};

export const int: Reader<number> = (value, loc, problems) => {
  const number = laxNumber(value);
  const msg = "Input should be a valid integer";
  if (number === "no number") return fail(problems, "int_type", loc, msg, value);
  if (number === null || (typeof value === "string" && !Number.isInteger(number))) {
    return fail(problems, "int_parsing", loc, `${msg}, unable to parse string as an integer`, value);
  }
  if (!Number.isFinite(number)) return fail(problems, "finite_number", loc, "Input should be a finite number", value);
  if (Number.isInteger(number)) return number;
  return fail(problems, "int_from_float", loc, `${msg}, got a number with a fractional part`, value);
};

/** Null for a text that is none of a number. */
function laxNumber(value: unknown): number | null | "no number" {
  if (typeof value === "string") return pythonFloat(value);
  if (typeof value === "boolean") return Number(value);
  return typeof value === "number" ? value : "no number";
}

export const boolean: Reader<boolean> = (value, loc, problems) => {
  if (typeof value === "boolean") return value;
  if (value === 0 || value === 1) return value === 1;
  const word = typeof value === "string" ? value.toLowerCase() : "";
  if (["1", "true", "t", "yes", "y", "on"].includes(word)) return true;
  if (["0", "false", "f", "no", "n", "off"].includes(word)) return false;
  const isText = typeof value === "string" || typeof value === "number";
  const msg = "Input should be a valid boolean";
  return isText
    ? fail(problems, "bool_parsing", loc, `${msg}, unable to interpret input`, value)
    : fail(problems, "bool_type", loc, msg, value);
};

/** One of `names`. */
export function literal(names: readonly string[]): Reader<string> {
  return (value, loc, problems) => {
    if (typeof value === "string" && names.includes(value)) return value;
    const quoted = names.map((name) => `'${name}'`);
    const expected = quoted.length > 1 ? `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}` : quoted.join("");
    const ctx = { expected };
    problems.push(
      pydanticProblem({ type: "literal_error", loc, msg: `Input should be ${expected}`, input: value, ctx }),
    );
    return undefined;
  };
}

export function nullable<T>(read: Reader<T>): Reader<T | null> {
  return (value, loc, problems) => (value === null ? null : read(value, loc, problems));
}

/** At most `max` elements. */
export function list<T>(read: Reader<T>, max = Infinity): Reader<readonly T[]> {
  return (value, loc, problems) => {
    if (!Array.isArray(value)) return fail(problems, "list_type", loc, "Input should be a valid list", value);
    if (value.length > max) {
      const msg = `List should have at most ${max} items after validation, not ${value.length}`;
      const ctx = { field_type: "List", max_length: max, actual_length: value.length };
      problems.push(pydanticProblem({ type: "too_long", loc, msg, input: null, ctx }));
      return undefined;
    }
    return whole(value.map((item, index) => read(item, [...loc, index], problems)));
  };
}

/** An object whose values are all read alike. At most `max` of them. */
export function dictionary<T>(read: Reader<T>, max = Infinity): Reader<ReadonlyMap<string, T>> {
  return (value, loc, problems) => {
    if (!isObject(value)) return fail(problems, "dict_type", loc, "Input should be a valid dictionary", value);
    const entries = Object.entries(value);
    if (entries.length > max) {
      problems.push(valueProblem(loc, `at most ${max} entries are taken, not ${entries.length}`, null));
      return undefined;
    }
    const values = whole(entries.map(([key, item]) => read(item, [...loc, key], problems)));
    return values && new Map(entries.map(([key], index) => [key, values[index] as T]));
  };
}

/** Any JSON object, as it is. */
export const anyObject: Reader<Readonly<Record<string, unknown>>> = (value, loc, problems) =>
  isObject(value) ? value : fail(problems, "dict_type", loc, "Input should be a valid dictionary", value);

/** The first of these that takes the value; else the problems of all, each under its name. */
export function union<T>(branches: Readonly<Record<string, Reader<T>>>): Reader<T> {
  return (value, loc, problems) => {
    const all: Problem[] = [];
    for (const [name, read] of Object.entries(branches)) {
      const found: Problem[] = [];
      const result = read(value, [...loc, name], found);
      if (found.length === 0) return result;
      all.push(...found);
    }
    problems.push(...all);
    return undefined;
  };
}

function whole<T>(values: readonly (T | undefined)[]): readonly T[] | undefined {
  return values.includes(undefined) ? undefined : (values as readonly T[]);
}

function fail(problems: Problem[], type: string, loc: Loc, msg: string, input: unknown): undefined {
  problems.push(pydanticProblem({ type, loc, msg, input }));
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
