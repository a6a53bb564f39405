import { joinElements, joinMembers } from "../../../core/json/raw.ts";
import { concatRawStrings } from "../raw-values.ts";

/** What the assistant said in one turn; every string is raw JSON text. */
export interface AssistantTurn {
  readonly reasoning: string[];
  readonly texts: string[];
  readonly calls: { readonly id: string; readonly name: string; readonly args: string }[];
  /** NeMo Gym's token fields of the call that this turn was; of several the latest. */
  tokens: readonly [string, string][];
}

export function emptyTurn(): AssistantTurn {
  return { reasoning: [], texts: [], calls: [], tokens: [] };
}

/**
 * One Chat message of the turn. Earlier reasoning goes back under both names that servers know
 * (`reasoning_content`, and vLLM's `reasoning`): without it the next prompt no longer starts with the tokens that
 * were generated.
 */
export function assistantMessage(turn: AssistantTurn): string {
  const members = new Map([
    ["role", '"assistant"'],
    ["content", turn.texts.length > 0 ? concatRawStrings(turn.texts) : "null"],
  ]);
  if (turn.reasoning.length > 0) {
    const reasoning = concatRawStrings(turn.reasoning);
    members.set("reasoning_content", reasoning);
    members.set("reasoning", reasoning);
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
