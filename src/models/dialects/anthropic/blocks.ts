import { joinElements } from "../../../core/json/raw.ts";
import { badField, given, type RawMembers, requiredList, requiredMembers, requiredString } from "../inbound.ts";
import { concatRawStrings, isRawString, rawText } from "../raw-values.ts";
import { imagePart, textPart } from "../responses/items.ts";

/** A content block, its type, and where it stands. */
export interface Block {
  readonly type: string;
  readonly members: RawMembers;
  readonly field: string;
}

/** The blocks of a content that may also be a plain string. */
export function blocksOf(content: string | undefined, field: string): Block[] {
  if (isRawString(content)) return [{ type: "text", members: new Map([["text", content]]), field }];
  return requiredList(content, field).map((raw, at) => {
    const members = requiredMembers(raw, `${field}[${at}]`);
    const type = rawText(requiredString(members.get("type"), `${field}[${at}].type`)) ?? "";
    return { type, members, field: `${field}[${at}]` };
  });
}

/** A block that a user or a tool may send, as a part of Responses. */
export function inputPart({ type, members, field }: Block): string {
  if (type === "text") return textPart("input_text", requiredString(members.get("text"), `${field}.text`));
  if (type === "image") return imagePart(imageUrl(members.get("source"), `${field}.source`));
  throw badField(`${field}.type`, `there is no place here for a block of the type ${JSON.stringify(type)}`);
}

/** Parts as content: one text alone is a plain string, which every server and template takes. */
export function contentOf(blocks: readonly Block[]): string {
  const [only] = blocks;
  const text = blocks.length === 1 && only?.type === "text" ? only.members.get("text") : undefined;
  return isRawString(text) ? text : joinElements(blocks.map(inputPart));
}

/** The texts of a string or of text blocks, joined by newlines. */
export function joinedTexts(content: string, field: string): string {
  const texts = blocksOf(content, field).map(({ type, members, field: at }) => {
    if (type !== "text") throw badField(`${at}.type`, "must be text");
    return requiredString(members.get("text"), `${at}.text`);
  });
  return concatRawStrings(texts, "\\n");
}

/** What a tool said: its texts as one string; with images among them, parts. */
export function toolOutput(members: RawMembers, field: string): string {
  const content = given(members, "content");
  if (content === undefined) return '""';
  if (isRawString(content)) return content;
  const blocks = blocksOf(content, field);
  return blocks.every(({ type }) => type === "text") ? joinedTexts(content, field) : contentOf(blocks);
}

function imageUrl(source: string | undefined, field: string): string {
  const members = requiredMembers(source, field);
  const type = rawText(members.get("type"));
  if (type === "url") return requiredString(members.get("url"), `${field}.url`);
  if (type !== "base64") throw badField(`${field}.type`, "must be base64 or url");
  const media = requiredString(members.get("media_type"), `${field}.media_type`);
  const data = requiredString(members.get("data"), `${field}.data`);
  return concatRawStrings(['"data:"', media, '";base64,"', data]);
}
