import { createHash } from "node:crypto";
import { isJsonObject, type JsonObject, parseJson } from "../../core/json/parse.ts";

/** One thing that was said, in a form in which all dialects agree. */
export interface Said {
  readonly kind: "system" | "message" | "reasoning" | "call" | "result";
  /** Equal for the same thing said. Short, whatever was said. */
  readonly key: string;
  /** Of reasoning; else empty. */
  readonly text: string;
}

/**
 * What an entry of a conversation says: raw JSON, an item of the Responses API or a message of the Chat API. Ids, states and
 * token fields do not count, nor do blanks around a text, nor whether reasoning stands in a field or between think tags.
 */
export function saidIn(raw: string): readonly Said[] {
  const value = parseJson(raw);
  return isJsonObject(value) ? saidBy(value) : [];
}

function saidBy(entry: JsonObject): Said[] {
  const type = entry["type"] ?? "message";
  if (type === "reasoning") return [said("reasoning", null, textOf(entry["summary"]) || textOf(entry["content"]))];
  if (type === "function_call") return [call(entry["name"], entry["arguments"])];
  if (type === "function_call_output") return [said("result", entry["call_id"], textOf(entry["output"]))];
  if (entry["role"] === "tool") return [said("result", entry["tool_call_id"], textOf(entry["content"]))];
  if (entry["role"] === "assistant") return saidByAssistant(entry);
  const role = entry["role"] === "developer" ? "system" : entry["role"];
  return [said(role === "system" ? "system" : "message", role ?? type, textOf(entry["content"]))];
}

const THINKING = /^\s*<think>([\s\S]*?)<\/think>/;

function saidByAssistant(message: JsonObject): Said[] {
  const content = textOf(message["content"]);
  const thought = textOf(message["reasoning"] ?? message["reasoning_content"]) || (THINKING.exec(content)?.[1] ?? "");
  const text = content.replace(THINKING, "");
  const calls: unknown[] = Array.isArray(message["tool_calls"]) ? message["tool_calls"] : [];
  return [
    ...(thought.trim() === "" ? [] : [said("reasoning", null, thought)]),
    ...(text.trim() === "" ? [] : [said("message", "assistant", text)]),
    ...calls.filter(isJsonObject).map((made) => {
      const called = isJsonObject(made["function"]) ? made["function"] : made;
      return call(called["name"], called["arguments"]);
    }),
  ];
}

function call(name: unknown, args: unknown): Said {
  return said("call", name, textOf(args));
}

/** Longer texts are known by their hash: conversations are held for as long as they go on. */
const SHORT = 64;

function said(kind: Said["kind"], of: unknown, text: string): Said {
  const trimmed = text.trim();
  const named = trimmed.length > SHORT ? createHash("sha256").update(trimmed).digest("base64") : trimmed;
  return { kind, key: JSON.stringify([kind, of, named]), text: kind === "reasoning" ? trimmed : "" };
}

/** The text of a string or of parts; what is no text counts as its JSON. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (content === null || content === undefined) return "";
  if (!Array.isArray(content)) return jsonOf(content);
  const parts: unknown[] = content;
  return parts
    .map((part) => (isJsonObject(part) && typeof part["text"] === "string" ? part["text"] : jsonOf(part)))
    .join("");
}

/** What nests too deep to be written says nothing that could be compared. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return "";
  }
}
