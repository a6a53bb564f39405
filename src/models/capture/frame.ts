import { createHash } from "node:crypto";
import type { ModelRequest } from "../port.ts";

/** Members of a request that stand in its prompt beside the conversation, in the words of both APIs and of vLLM. */
const TEMPLATE_MEMBERS = [
  "instructions",
  "tools",
  "tool_choice",
  "functions",
  "documents",
  "text",
  "response_format",
  "reasoning",
  "reasoning_effort",
  "metadata",
  "chat_template",
  "chat_template_kwargs",
  "mm_processor_kwargs",
] as const;

/** Equal for requests whose prompts differ in nothing but the conversation. */
export function frameOf({ params, chat }: ModelRequest): string {
  const members = chat?.members ?? params;
  const present = TEMPLATE_MEMBERS.filter((name) => members.has(name));
  if (present.length === 0) return "";
  const hash = createHash("sha256");
  for (const name of present) hash.update(`${name}\0${members.get(name)}\0`);
  return hash.digest("base64");
}
