import { joinElements, joinMembers } from "../../../core/json/raw.ts";
import { badField, type RawMembers, requiredList, requiredMembers, requiredString } from "../inbound.ts";
import { isRawObject, isRawString, rawText } from "../raw-values.ts";
import { imagePart, textPart } from "../responses/items.ts";

/** Raw content of a Responses item for that of a Chat message of a user, a system or a tool. Throws `invalid_request`. */
export function inputContent(content: string | undefined, field: string): string {
  if (isRawString(content)) return content;
  return joinElements(requiredList(content, field).map((part, at) => inputPart(part, `${field}[${at}]`)));
}

function inputPart(raw: string, field: string): string {
  const part = requiredMembers(raw, field);
  const type = rawText(part.get("type")) ?? "";
  if (type === "text") return textPart("input_text", requiredString(part.get("text"), `${field}.text`));
  if (type === "image_url") {
    const image = linkOf(part, type, field);
    return imagePart(image.url, image.detail);
  }
  if (type === "video_url") {
    // NeMo Gym's own part; OpenAI has none for videos.
    return joinMembers([
      ["type", '"input_video"'],
      ["video_url", linkOf(part, type, field).url],
    ]);
  }
  if (type === "file") {
    return joinMembers([["type", '"input_file"'], ...requiredMembers(part.get("file"), `${field}.file`)]);
  }
  // Neither has a form of its own in Responses; an endpoint that speaks Chat gets them as they are.
  if (type === "input_audio" || type === "audio_url") return raw;
  throw badField(`${field}.type`, `there is no content part of the type ${JSON.stringify(type)}`);
}

function linkOf(part: RawMembers, type: string, field: string): { url: string; detail?: string } {
  const target = part.get(type);
  if (!isRawObject(target)) return { url: requiredString(target, `${field}.${type}`) };
  const members = requiredMembers(target, `${field}.${type}`);
  const detail = members.get("detail");
  return {
    url: requiredString(members.get("url"), `${field}.${type}.url`),
    ...(isRawString(detail) ? { detail } : {}),
  };
}
