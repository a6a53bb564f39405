import { isJsonObject } from "../../../core/json/parse.ts";
import { rawMembers } from "../../../core/json/raw.ts";
import type { Fault } from "../fault.ts";
import { isRawObject, rawText } from "../raw-values.ts";

/**
 * Members of a Chat request that NeMo Gym's rows carry as JSON text in `metadata`, for want of a place in Responses:
 * `chat_template_kwargs`, and in `extra_body` any others. What the request says itself wins over them.
 */
export function gymMetadata(metadata: string | undefined, fault: Fault): Map<string, string> {
  const members = isRawObject(metadata) ? rawMembers(metadata) : new Map<string, string>();
  const found = new Map(rawMembers(objectText(members.get("extra_body"), "extra_body", fault)));
  const template = objectText(members.get("chat_template_kwargs"), "chat_template_kwargs", fault);
  if (template !== "{}") found.set("chat_template_kwargs", template);
  return found;
}

function objectText(raw: string | undefined, key: string, fault: Fault): string {
  const text = rawText(raw) ?? "{}";
  try {
    if (isJsonObject(JSON.parse(text))) return text.trim();
  } catch {
    // Told below, like JSON of another kind.
  }
  throw fault("model_rejected", `metadata.${key} must hold the text of a JSON object`);
}
