import { isJsonObject, type JsonObject } from "../../../core/json/parse.ts";
import { invalidShape, type Problem } from "./http-error.ts";

/**
 * Reads the members of a body with their types, as pydantic does: what is null counts as missing. Problems are
 * collected; `check` throws them as one 400.
 */
export class Fields {
  readonly body: JsonObject;
  readonly #problems: Problem[] = [];
  readonly #at: string;

  constructor(body: JsonObject, at = "body") {
    this.body = body;
    this.#at = at;
  }

  number(name: string): number | null {
    return this.#read(name, (value) => {
      if (typeof value === "number") return value;
      const parsed = typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;
      if (!Number.isNaN(parsed)) return parsed;
      const unparsed = typeof value === "string" ? ", unable to parse string as a number" : "";
      return problem(
        typeof value === "string" ? "float_parsing" : "float_type",
        `Input should be a valid number${unparsed}`,
      );
    });
  }

  integer(name: string): number | null {
    return this.#read(name, (value) => {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      if (typeof number === "number" && Number.isInteger(number)) return number;
      if (typeof number === "number" && !Number.isNaN(number))
        return problem("int_from_float", "Input should be a valid integer, got a number with a fractional part");
      const unparsed = typeof value === "string" ? ", unable to parse string as an integer" : "";
      return problem(
        typeof value === "string" ? "int_parsing" : "int_type",
        `Input should be a valid integer${unparsed}`,
      );
    });
  }

  boolean(name: string): boolean | null {
    return this.#read(name, (value) =>
      typeof value === "boolean" ? value : problem("bool_type", "Input should be a valid boolean"),
    );
  }

  text(name: string): string | null {
    return this.#read(name, (value) =>
      typeof value === "string" ? value : problem("string_type", "Input should be a valid string"),
    );
  }

  list(name: string): unknown[] | null {
    return this.#read(name, (value) =>
      Array.isArray(value) ? (value as unknown[]) : problem("list_type", "Input should be a valid list"),
    );
  }

  object(name: string): JsonObject | null {
    return this.#read(name, (value) =>
      isJsonObject(value) ? value : problem("dict_type", "Input should be a valid dictionary"),
    );
  }

  objects(name: string): JsonObject[] | null {
    const list = this.list(name);
    const odd = list?.findIndex((item) => !isJsonObject(item)) ?? -1;
    if (odd >= 0)
      this.#problems.push({
        type: "dict_type",
        loc: `${this.#at}.${name}.${odd}`,
        msg: "Input should be a valid dictionary",
        input: list?.[odd],
      });
    return list?.filter(isJsonObject) ?? null;
  }

  integers(name: string): number[] | null {
    const list = this.list(name);
    const odd = list?.findIndex((item) => !Number.isInteger(item)) ?? -1;
    if (odd >= 0)
      this.#problems.push({
        type: "int_type",
        loc: `${this.#at}.${name}.${odd}`,
        msg: "Input should be a valid integer",
        input: list?.[odd],
      });
    return list?.filter((item) => typeof item === "number") ?? null;
  }

  /** One text, or a list of texts. */
  texts(name: string): string[] {
    const value = this.body[name];
    if (typeof value === "string") return [value];
    return (this.list(name) ?? []).filter((item) => typeof item === "string");
  }

  /** Its value must be there. */
  require(...names: readonly string[]): void {
    for (const name of names)
      if (this.body[name] === undefined || this.body[name] === null)
        this.#problems.push({ type: "missing", loc: `${this.#at}.${name}`, msg: "Field required", input: this.body });
  }

  /** Throws when there was a problem. */
  check(): void {
    if (this.#problems.length > 0) throw invalidShape(this.#problems);
  }

  #read<T>(name: string, parse: (value: unknown) => T | Flaw): T | null {
    const value = this.body[name];
    if (value === undefined || value === null) return null;
    const parsed = parse(value);
    if (!(parsed instanceof Flaw)) return parsed;
    this.#problems.push({ type: parsed.type, loc: `${this.#at}.${name}`, msg: parsed.msg, input: value });
    return null;
  }
}

class Flaw {
  readonly type: string;
  readonly msg: string;

  constructor(type: string, msg: string) {
    this.type = type;
    this.msg = msg;
  }
}

function problem(type: string, msg: string): Flaw {
  return new Flaw(type, msg);
}
