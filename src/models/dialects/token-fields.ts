import { joinMembers, rawMembers } from "../../core/json/raw.ts";
import type { TokenCapture } from "../port.ts";
import { given, type RawMembers } from "./inbound.ts";

/** NeMo Gym's names. All three stand on the last item of a call, or on the Chat message, and cover the whole generation. */
const TOKEN_FIELDS = ["prompt_token_ids", "generation_token_ids", "generation_log_probs"] as const;

/** The token fields of an item or a message, raw; none unless all three are there: Gym refuses a part of them. */
export function tokenFieldsIn(members: RawMembers): [string, string][] {
  const fields = TOKEN_FIELDS.flatMap((key): [string, string][] => {
    const value = given(members, key);
    return value === undefined ? [] : [[key, value]];
  });
  return fields.length === TOKEN_FIELDS.length ? fields : [];
}

/** The token fields of a call; none unless the engine gave all three. */
export function tokenFieldsOf(tokens: TokenCapture): [string, string][] {
  const { promptTokenIds, generationTokenIds, generationLogProbs } = tokens;
  if (promptTokenIds === null || generationTokenIds === null || generationLogProbs === null) return [];
  const values = [promptTokenIds, generationTokenIds, generationLogProbs];
  return TOKEN_FIELDS.map((key, index) => [key, numbersText(values[index] ?? [])]);
}

/** Numbers as engines write them: a log-prob of -0.0 is told from one of 0, which JSON.stringify does not. */
function numbersText(numbers: readonly number[]): string {
  return `[${numbers.map((number) => (Object.is(number, -0) ? "-0.0" : String(number))).join(",")}]`;
}

/** Raw items, the last of them with these fields. */
export function onLastItem(items: readonly string[], fields: readonly [string, string][]): readonly string[] {
  const last = items.at(-1);
  if (last === undefined || fields.length === 0) return items;
  return [...items.slice(0, -1), joinMembers(new Map([...rawMembers(last), ...fields]))];
}
