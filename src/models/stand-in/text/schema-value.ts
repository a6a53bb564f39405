import { isJsonObject, type JsonObject } from "../../../core/json/parse.ts";
import type { Random } from "./random.ts";
import { WORDS } from "./words.ts";

/** How deep a schema is followed; what lies deeper is null. */
const DEPTH = 8;

/**
 * A value that fits a JSON schema: types, enum, const, bounds, lengths, required and optional members, the first of
 * anyOf and oneOf, all of allOf, local references. `pattern` and `format` are not heeded.
 */
export function schemaValue(schema: unknown, random: Random, root: unknown = schema, depth = 0): unknown {
  if (!isJsonObject(schema) || depth > DEPTH) return depth > DEPTH ? null : "anything";
  const next = (inner: unknown) => schemaValue(inner, random, root, depth + 1);
  if (typeof schema["$ref"] === "string") return next(resolve(root, schema["$ref"]));
  if ("const" in schema) return schema["const"];
  const options = [schema["enum"], schema["examples"]].find((list) => Array.isArray(list) && list.length > 0);
  if (Array.isArray(options)) return options[Math.floor(random() * options.length)] as unknown;
  for (const key of ["anyOf", "oneOf"]) {
    const alternatives = schema[key];
    if (Array.isArray(alternatives) && alternatives.length > 0) return next(alternatives[0]);
  }
  if (Array.isArray(schema["allOf"]) && schema["allOf"].length > 0) return next(merge(schema["allOf"], schema));
  switch (typeOf(schema)) {
    case "object":
      return objectValue(schema, random, next);
    case "array":
      return Array.from({ length: Math.max(number(schema["minItems"]) ?? 1, 0) }, () => next(schema["items"] ?? {}));
    case "integer":
      return numeric(schema, random, true);
    case "number":
      return numeric(schema, random, false);
    case "boolean":
      return random() < 0.5;
    case "null":
      return null;
    default:
      return words(schema, random);
  }
}

function objectValue(schema: JsonObject, random: Random, next: (schema: unknown) => unknown): JsonObject {
  const properties = isJsonObject(schema["properties"]) ? schema["properties"] : {};
  const required: unknown[] = Array.isArray(schema["required"]) ? schema["required"] : [];
  const value: JsonObject = {};
  for (const [name, inner] of Object.entries(properties))
    if (required.includes(name) || random() < 0.5) value[name] = next(inner);
  for (const name of required) if (typeof name === "string" && !(name in value)) value[name] = next({});
  return value;
}

function numeric(schema: JsonObject, random: Random, whole: boolean): number {
  const step = number(schema["multipleOf"]) ?? (whole ? 1 : 0.25);
  const above = number(schema["exclusiveMinimum"]);
  const below = number(schema["exclusiveMaximum"]);
  const from = number(schema["minimum"]) ?? (above === null ? null : above + step);
  const to = number(schema["maximum"]) ?? (below === null ? null : below - step);
  const low = from ?? (to === null ? 0 : Math.min(0, to));
  const high = to ?? low + 100 * step;
  const steps = Math.max(0, Math.floor(high / step) - Math.ceil(low / step));
  return (Math.ceil(low / step) + Math.floor(random() * (steps + 1))) * step;
}

function words(schema: JsonObject, random: Random): string {
  const least = number(schema["minLength"]) ?? 1;
  const most = number(schema["maxLength"]) ?? Infinity;
  let text = word(random);
  while (text.length < least) text += ` ${word(random)}`;
  return text.length > most ? text.slice(0, most).padEnd(least, "x") : text;
}

function word(random: Random): string {
  return WORDS[Math.floor(random() * WORDS.length)] ?? "word";
}

function typeOf(schema: JsonObject): unknown {
  const type: unknown = Array.isArray(schema["type"]) ? schema["type"][0] : schema["type"];
  if (type !== undefined) return type;
  if ("properties" in schema || "required" in schema) return "object";
  return "items" in schema ? "array" : "string";
}

function merge(schemas: readonly unknown[], around: JsonObject): JsonObject {
  const merged: JsonObject = { ...around };
  delete merged["allOf"];
  const objects = schemas.filter(isJsonObject);
  const properties = objects.map((one) => one["properties"]).filter(isJsonObject);
  const required = objects.flatMap((one): unknown[] => (Array.isArray(one["required"]) ? one["required"] : []));
  Object.assign(merged, ...objects);
  if (properties.length > 0) merged["properties"] = Object.assign({}, ...properties) as JsonObject;
  if (required.length > 0) merged["required"] = required;
  return merged;
}

/** Follows `#/a/b`. */
function resolve(root: unknown, reference: string): unknown {
  let found = root;
  for (const key of reference.replace(/^#\/?/, "").split("/").filter(Boolean)) {
    if (!isJsonObject(found)) return {};
    found = found[key.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return found;
}

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
