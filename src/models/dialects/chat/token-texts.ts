import { isJsonObject, type JsonObject, parseJson } from "../../../core/json/parse.ts";
import { joinElements, joinMembers, rawElements, rawMembers } from "../../../core/json/raw.ts";
import { isRawArray, isRawObject } from "../raw-values.ts";

/**
 * Log-probs, raw, with the texts of tokens in place of the names `token_id:N` that we had the engine write. The text is made
 * of the token's `bytes`, as engines make it; half a character reads as U+FFFD. A name without bytes stays.
 */
export function withTokenTexts(logprobs: string): string {
  return mapEntries(logprobs, "content", (entry) => mapEntries(withText(entry), "top_logprobs", withText));
}

function withText(entry: string): string {
  const value = parseJson(entry);
  const text = isJsonObject(value) ? textOf(value) : null;
  return text === null ? entry : joinMembers(rawMembers(entry).set("token", JSON.stringify(text)));
}

function textOf({ token, bytes }: JsonObject): string | null {
  if (typeof token !== "string" || !token.startsWith("token_id:") || !Array.isArray(bytes)) return null;
  const numbers: unknown[] = bytes;
  return numbers.every((byte) => typeof byte === "number") ? Buffer.from(numbers).toString("utf8") : null;
}

/** An object, raw, with each entry of one of its lists changed. */
function mapEntries(object: string, key: string, change: (entry: string) => string): string {
  if (!isRawObject(object)) return object;
  const members = rawMembers(object);
  const entries = members.get(key);
  if (!isRawArray(entries)) return object;
  return joinMembers(members.set(key, joinElements(rawElements(entries).map(change))));
}
