import { joinElements, joinMembers, rawElements, rawMembers } from "../../../core/json/raw.ts";
import type { Fault } from "../fault.ts";
import { isRawArray, isRawObject, isRawString, rawText } from "../raw-values.ts";

/**
 * Chat content, raw, of a user or system message or a tool result. A single part of text becomes a plain string,
 * which every server and template takes; the meaning is the same.
 */
export function chatContent(content: string | undefined, fault: Fault): string {
  if (isRawString(content)) return content;
  if (!isRawArray(content)) throw fault("model_rejected", "a message has no content");
  const parts = rawElements(content);
  const only = parts.length === 1 ? textOf(parts[0] ?? "") : null;
  return only ?? joinElements(parts.map((part) => chatPart(part, fault)));
}

/** The raw strings of an assistant's text and refusal parts. */
export function assistantTexts(content: string | undefined, fault: Fault): string[] {
  if (isRawString(content)) return [content];
  if (content === undefined || content === "null") return [];
  if (!isRawArray(content)) throw fault("model_rejected", "an assistant message has no content");
  return rawElements(content).map((part) => {
    const text = textOf(part);
    if (text === null) throw fault("model_rejected", "the Chat API has no such part in an assistant message");
    return text;
  });
}

/** The raw string of a part that is only text; null for others. */
export function textOf(part: string): string | null {
  const members = isRawObject(part) ? rawMembers(part) : new Map<string, string>();
  const type = rawText(members.get("type"));
  const text = members.get(type === "refusal" ? "refusal" : "text");
  return TEXT_TYPES.has(type ?? "") && isRawString(text) ? text : null;
}

const TEXT_TYPES: ReadonlySet<string> = new Set(["input_text", "output_text", "text", "refusal"]);

function chatPart(part: string, fault: Fault): string {
  const text = textOf(part);
  if (text !== null) {
    return joinMembers([
      ["type", '"text"'],
      ["text", text],
    ]);
  }
  const members = isRawObject(part) ? rawMembers(part) : new Map<string, string>();
  const type = rawText(members.get("type")) ?? "(none)";
  if (type === "input_image")
    return mediaPart("image_url", members.get("image_url"), members.get("detail") ?? '"auto"', fault);
  if (type === "input_video")
    return mediaPart("video_url", members.get("video_url") ?? members.get("video"), null, fault);
  if (CHAT_TYPES.has(type)) return part;
  throw fault("model_rejected", `the Chat API has no content part of the type ${type}`);
}

/** Parts that already have Chat's shape. */
const CHAT_TYPES: ReadonlySet<string> = new Set(["image_url", "video_url", "audio_url", "input_audio", "file"]);

function mediaPart(type: string, url: string | undefined, detail: string | null, fault: Fault): string {
  const link = isRawObject(url) ? rawMembers(url).get("url") : url;
  if (!isRawString(link)) throw fault("model_rejected", `an ${type.replace("_url", "")} part has no URL`);
  const target: [string, string][] = [["url", link]];
  if (detail !== null) target.push(["detail", detail]);
  return joinMembers([
    ["type", JSON.stringify(type)],
    [type, joinMembers(target)],
  ]);
}
