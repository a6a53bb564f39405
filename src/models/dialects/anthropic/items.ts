import { joinMembers } from "../../../core/json/raw.ts";
import { badField, given, requiredList, requiredMembers, requiredString } from "../inbound.ts";
import { rawText } from "../raw-values.ts";
import { assistantItem, callItem, callOutputItem, inputItem, reasoningItem, textPart } from "../responses/items.ts";
import { argumentsOfInput } from "./arguments.ts";
import { type Block, blocksOf, contentOf, toolOutput } from "./blocks.ts";

/**
 * The items of the Responses API for Anthropic messages, all raw. Blocks keep their order; neighbouring texts and images of one
 * message stay one item. `signature` is the item's `encrypted_content`. That a tool failed (`is_error`) has no place there and
 * is left out. Throws `invalid_request`.
 */
export function itemsOfMessages(messages: string | undefined): string[] {
  return requiredList(messages, "messages").flatMap((raw, index) => {
    const field = `messages[${index}]`;
    const message = requiredMembers(raw, field);
    const role = rawText(requiredString(message.get("role"), `${field}.role`)) ?? "";
    const blocks = blocksOf(message.get("content"), `${field}.content`);
    if (role === "assistant")
      return grouped(blocks, isText, assistantText, (block, at) => said(block, `${index}_${at}`));
    // Newer harnesses put instructions between the turns.
    if (role !== "user" && role !== "system") throw badField(`${field}.role`, "must be user or assistant");
    return grouped(blocks, isNoResult, (group) => inputItem(role, contentOf(group)), toolResult);
  });
}

const isText = ({ type }: Block) => type === "text";
const isNoResult = ({ type }: Block) => type !== "tool_result";

/** One item for each run of blocks that belong together, and one for each other block. */
function grouped(
  blocks: readonly Block[],
  belongs: (block: Block) => boolean,
  together: (blocks: readonly Block[]) => string,
  alone: (block: Block, at: number) => string,
): string[] {
  const items: string[] = [];
  let run: Block[] = [];
  const flush = () => {
    if (run.length > 0) items.push(together(run));
    run = [];
  };
  for (const [at, block] of blocks.entries()) {
    if (belongs(block)) {
      run.push(block);
      continue;
    }
    flush();
    items.push(alone(block, at));
  }
  flush();
  return items;
}

function assistantText(blocks: readonly Block[]): string {
  return assistantItem(
    blocks.map(({ members, field }) => textPart("output_text", requiredString(members.get("text"), `${field}.text`))),
  );
}

function said({ type, members, field }: Block, place: string): string {
  if (type === "thinking") {
    const signature = given(members, "signature") ?? '""';
    const thinking = requiredString(members.get("thinking"), `${field}.thinking`);
    return reasoningItem(`rs_${place}`, [thinking], signature === '""' ? [] : [["encrypted_content", signature]]);
  }
  if (type === "redacted_thinking") {
    return reasoningItem(
      `rs_${place}`,
      [],
      [["encrypted_content", requiredString(members.get("data"), `${field}.data`)]],
    );
  }
  if (type !== "tool_use")
    throw badField(`${field}.type`, `an assistant has no block of the type ${JSON.stringify(type)}`);
  const input = requiredMembers(members.get("input"), `${field}.input`);
  return callItem(
    requiredString(members.get("id"), `${field}.id`),
    requiredString(members.get("name"), `${field}.name`),
    argumentsOfInput(joinMembers(input)),
  );
}

function toolResult({ members, field }: Block): string {
  const id = requiredString(members.get("tool_use_id"), `${field}.tool_use_id`);
  return callOutputItem(id, toolOutput(members, `${field}.content`));
}
