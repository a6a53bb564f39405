import { joinElements, joinMembers } from "../../../core/json/raw.ts";
import { concatRawStrings, isRawString } from "../raw-values.ts";

/** What the assistant said in one turn; every string is raw JSON text. */
export interface AssistantTurn {
  readonly reasoning: string[];
  readonly texts: string[];
  readonly calls: { readonly id: string; readonly name: string; readonly args: string }[];
  /** NeMo Gym's token fields of the call that this turn was; of several the latest. */
  tokens: readonly [string, string][];
}

/** The names under which servers and clients know reasoning: DeepSeek's, and vLLM's of today. Both are always sent. */
export const REASONING = ["reasoning_content", "reasoning"] as const;

export function emptyTurn(): AssistantTurn {
  return { reasoning: [], texts: [], calls: [], tokens: [] };
}

/**
 * One Chat message of the turn. Earlier reasoning goes back with it: without it the next prompt no longer starts with the
 * tokens that were generated.
 */
export function assistantMessage(turn: AssistantTurn): string {
  const members = new Map([
    ["role", '"assistant"'],
    ["content", turn.texts.length > 0 ? concatRawStrings(turn.texts) : "null"],
  ]);
  if (turn.reasoning.length > 0) {
    const reasoning = concatRawStrings(turn.reasoning);
    for (const key of REASONING) members.set(key, reasoning);
  }
  if (turn.calls.length > 0) members.set("tool_calls", joinElements(turn.calls.map(toolCall)));
  for (const [key, value] of turn.tokens) members.set(key, value);
  return joinMembers(members);
}

/** A call as it stands in a message, of raw strings. */
export function toolCall(call: AssistantTurn["calls"][number]): string {
  const target = joinMembers([
    ["name", call.name],
    ["arguments", call.args],
  ]);
  return joinMembers([
    ["id", call.id],
    ["type", '"function"'],
    ["function", target],
  ]);
}

/** The reasoning of a message, raw, under either of its names; undefined where both are absent or empty. */
export function reasoningOf(message: ReadonlyMap<string, string>): string | undefined {
  return REASONING.map((key) => message.get(key)).find((raw) => isRawString(raw) && raw !== '""');
}
