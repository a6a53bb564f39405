import { rawElements, rawMembers } from "../../core/json/raw.ts";
import { isRawArray, isRawObject, isRawString } from "./raw-values.ts";

/**
 * The raw strings of a reasoning item: its full text where it has one, else its summary. Reasoning that only the
 * endpoint can read (`encrypted_content`) has none.
 */
export function reasoningTexts(members: ReadonlyMap<string, string>): string[] {
  const full = partTexts(members.get("content"));
  return full.length > 0 ? full : partTexts(members.get("summary"));
}

function partTexts(parts: string | undefined): string[] {
  if (!isRawArray(parts)) return [];
  return rawElements(parts).flatMap((part) => {
    const text = isRawObject(part) ? rawMembers(part).get("text") : undefined;
    return isRawString(text) ? [text] : [];
  });
}
