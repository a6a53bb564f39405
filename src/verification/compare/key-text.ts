import { type ExactValue, isList, isMap, type PythonList, type TaggedValue } from "./exact-value.ts";

/** A text that two values share exactly when Python's `==` holds between them; NaN counts as equal to itself. */
export function keyText(value: ExactValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "boolean" || typeof value === "bigint") return BigInt(value).toString(16);
  if (typeof value === "number") return numberText(value);
  if (value === null) return "none";
  if (isList(value)) return `list(${texts(value).join()})`;
  if (isMap(value)) return `dict(${entryTexts(value)})`;
  return taggedText(value);
}

/** How `json.dumps` writes a key of a dict; null for what it refuses. */
export function jsonKey(key: ExactValue): string | null {
  if (typeof key === "string") return key;
  if (typeof key === "number") return floatText(key);
  return key === null || typeof key === "boolean" || typeof key === "bigint" ? String(key) : null;
}

function taggedText(value: TaggedValue): string {
  switch (value.kind) {
    case "tuple":
      return `tuple(${texts(value.items).join()})`;
    case "set":
    case "frozenset":
      return `set(${texts(value.items).sort().join()})`;
    case "bytes":
      return `bytes(${value.base64})`;
    case "complex":
      if (value.imaginary === 0) return numberText(value.real);
      return `complex(${numberText(value.real)},${numberText(value.imaginary)})`;
    case "dict":
      return `dict(${entryTexts(value.entries)})`;
  }
}

function texts(values: PythonList): string[] {
  return values.map(keyText);
}

function entryTexts(entries: Iterable<readonly [ExactValue, ExactValue]>): string {
  return Array.from(entries, ([key, member]) => `${keyText(key)}:${keyText(member)}`)
    .sort()
    .join();
}

/** In hexadecimal when it is whole, as integers are, which takes time in proportion to the length. */
function numberText(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString(16) : `float(${value})`;
}

/** `json.dumps` of a float. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return "-0.0";
  const [mantissa, exponent] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power < -4 || power >= 16)
    return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  const text = String(value);
  return text.includes(".") ? text : `${text}.0`;
}
