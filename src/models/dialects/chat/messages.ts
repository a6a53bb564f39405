import { joinMembers, rawElements, rawMembers } from "../../../core/json/raw.ts";
import type { ModelRequest } from "../../port.ts";
import { tokenFieldsIn } from "../token-fields.ts";
import { type AssistantTurn, assistantMessage, emptyTurn } from "./assistant-turn.ts";
import { assistantTexts, chatContent, textOf } from "./content.ts";
import type { Fault } from "../fault.ts";
import { concatRawStrings, isRawArray, isRawObject, isRawString, rawText } from "../raw-values.ts";
import { reasoningTexts } from "../reasoning-text.ts";

/**
 * The messages of a Chat request, each as raw text. Consecutive items of the assistant (reasoning, message,
 * function calls) become one message; `instructions` and a leading run of system messages become one system
 * message, joined by blank lines. NeMo Gym's token fields on an item go on to its message where they are wanted: a server such
 * as NeMo RL's renders the next prompt from them. Throws `model_rejected` for items that Chat has no form for.
 */
export function chatMessages(request: ModelRequest, fault: Fault, { tokenFields = false } = {}): string[] {
  const messages: string[] = [];
  let turn: AssistantTurn | null = null;
  const flush = () => {
    if (turn !== null) messages.push(assistantMessage(turn));
    turn = null;
  };
  const items = request.input.map((raw) => {
    if (!isRawObject(raw)) throw fault("model_rejected", "an input item is not an object");
    return { raw, members: rawMembers(raw) };
  });
  const { system, rest } = systemMessage(request.params.get("instructions"), items);
  if (system !== null) messages.push(system);
  for (const { raw, members } of rest) {
    if (isAssistantSide(members)) {
      turn ??= emptyTurn();
      addToTurn(turn, members, fault);
      const tokens = tokenFields ? tokenFieldsIn(members) : [];
      if (tokens.length > 0) turn.tokens = tokens;
      continue;
    }
    flush();
    messages.push(plainMessage(raw, members, fault));
  }
  flush();
  return messages;
}

interface Item {
  readonly raw: string;
  readonly members: Map<string, string>;
}

const typeOf = (members: ReadonlyMap<string, string>) => rawText(members.get("type")) ?? "message";

function isAssistantSide(members: ReadonlyMap<string, string>): boolean {
  const type = typeOf(members);
  if (type === "reasoning" || type === "function_call") return true;
  // A message that already has Chat's shape goes through as it is.
  return type === "message" && rawText(members.get("role")) === "assistant" && !members.has("tool_calls");
}

function addToTurn(turn: AssistantTurn, members: ReadonlyMap<string, string>, fault: Fault): void {
  const type = typeOf(members);
  if (type === "reasoning") turn.reasoning.push(...reasoningTexts(members));
  else if (type === "message") turn.texts.push(...assistantTexts(members.get("content"), fault));
  else {
    const [id, name, args] = ["call_id", "name", "arguments"].map((key) => members.get(key));
    if (!isRawString(id) || !isRawString(name) || !isRawString(args)) {
      throw fault("model_rejected", "a function_call item lacks its call_id, name or arguments");
    }
    turn.calls.push({ id, name, args });
  }
}

function plainMessage(raw: string, members: ReadonlyMap<string, string>, fault: Fault): string {
  const type = typeOf(members);
  const role = members.get("role");
  if (type === "function_call_output") {
    return joinMembers([
      ["role", '"tool"'],
      ["tool_call_id", members.get("call_id") ?? '""'],
      ["content", chatContent(members.get("output"), fault)],
    ]);
  }
  if (type !== "message" || !isRawString(role))
    throw fault("model_rejected", `the Chat API has no item of the type ${type}`);
  if (members.has("tool_calls") || members.has("tool_call_id")) return raw;
  return joinMembers([
    ["role", role],
    ["content", chatContent(members.get("content"), fault)],
  ]);
}

/** Only with instructions is anything merged; a system message of its own is left as it was sent. */
function systemMessage(
  instructions: string | undefined,
  items: readonly Item[],
): { system: string | null; rest: readonly Item[] } {
  if (!isRawString(instructions)) return { system: null, rest: items };
  const texts = [instructions];
  let taken = 0;
  for (const { members } of items) {
    const text = systemText(members);
    if (text === null) break;
    texts.push(text);
    taken++;
  }
  const content = concatRawStrings(texts, "\\n\\n");
  return {
    system: joinMembers([
      ["role", '"system"'],
      ["content", content],
    ]),
    rest: items.slice(taken),
  };
}

function systemText(members: ReadonlyMap<string, string>): string | null {
  const role = rawText(members.get("role"));
  const content = members.get("content");
  if (role !== "system" && role !== "developer") return null;
  if (isRawString(content)) return content;
  const texts = isRawArray(content) ? rawElements(content).map(textOf) : [null];
  return texts.every((text) => text !== null) ? concatRawStrings(texts) : null;
}
