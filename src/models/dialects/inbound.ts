import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { isJsonObject, parseJson } from "../../core/json/parse.ts";
import { rawElements, rawMembers } from "../../core/json/raw.ts";
import type { OwnCopy } from "./served-dialect.ts";
import { isRawArray, isRawObject, isRawString, rawText } from "./raw-values.ts";

/** Members of a JSON object as raw text. */
export type RawMembers = ReadonlyMap<string, string>;

/** An `invalid_request` that names one field, e.g. `messages[2].content`. */
export function badField(field: string, problem: string): SandlotError {
  return new SandlotError("invalid_request", { fields: [{ field, problem }] });
}

/** The members of a request's body. Throws `invalid_json`, or `invalid_request` where it is no object. */
export function bodyMembers(body: string): RawMembers {
  if (!isJsonObject(parseJson(body))) throw badField("", "the body must be a JSON object");
  return rawMembers(body);
}

/** Raw text for what lives no longer than its body. */
export const asItIs: OwnCopy = (raw) => raw;

/** Copies of the members but some. */
export function ownMembers(members: RawMembers, but: ReadonlySet<string>, own: OwnCopy): Map<string, string> {
  const kept = new Map<string, string>();
  for (const [key, value] of members) if (!but.has(key)) kept.set(key, own(value));
  return kept;
}

/** A member that says something: null means the same as absent. */
export function given(members: RawMembers, key: string): string | undefined {
  const raw = members.get(key);
  return raw === "null" ? undefined : raw;
}

/** A member that is true or false; false when absent. */
export function flag(members: RawMembers, key: string): boolean {
  const raw = given(members, key) ?? "false";
  if (raw !== "true" && raw !== "false") throw badField(key, "must be true or false");
  return raw === "true";
}

/** The text of a member; null when absent. */
export function optionalText(members: RawMembers, key: string, field = key): string | null {
  const raw = given(members, key);
  if (raw === undefined) return null;
  return rawText(requiredString(raw, field));
}

/** Raw text that must be a string. */
export function requiredString(raw: string | undefined, field: string): string {
  if (!isRawString(raw)) throw badField(field, raw === undefined ? "is missing" : "must be a string");
  return raw;
}

/** The elements of raw text that must be a list. */
export function requiredList(raw: string | undefined, field: string): string[] {
  if (!isRawArray(raw)) throw badField(field, raw === undefined ? "is missing" : "must be a list");
  return rawElements(raw);
}

/** The members of raw text that must be an object. */
export function requiredMembers(raw: string | undefined, field: string): Map<string, string> {
  if (!isRawObject(raw)) throw badField(field, raw === undefined ? "is missing" : "must be an object");
  return rawMembers(raw);
}
