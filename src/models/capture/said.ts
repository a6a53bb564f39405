import { isJsonObject, type JsonObject, parseJson } from "../../core/json/parse.ts";

/** One thing that was said, in a form in which all dialects agree. */
export interface Said {
  readonly kind: "system" | "message" | "reasoning" | "call" | "result";
  /** Equal for the same thing said. */
  readonly key: string;
  readonly text: string;
}

/**
 * What a conversation says. `entries` is raw JSON: items of the Responses API, messages of the Chat API, or both. Ids, states
 * and token fields do not count, nor do blanks around a text, nor whether reasoning stands in a field or between think tags.
 */
export function saidIn(entries: readonly string[]): Said[] {
  return entries.flatMap(saidInEntry);
}

function saidInEntry(raw: string): readonly Said[] {
  const value = parseJson(raw);
  return isJsonObject(value) ? saidBy(value) : [];
}

/** What entries say, each read once: a conversation comes back whole with every turn. */
export class SaidMemory {
  readonly #known = new Map<string, readonly Said[]>();

  in(entries: readonly string[]): Said[] {
    return entries.flatMap((raw) => this.of(raw));
  }

  of(raw: string): readonly Said[] {
    const known = this.#known.get(raw);
    if (known) return known;
    const said = saidInEntry(raw);
    this.#known.set(raw, said);
    return said;
  }
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

function said(kind: Said["kind"], of: unknown, text: string): Said {
  const trimmed = text.trim();
  return { kind, key: JSON.stringify([kind, of, trimmed]), text: trimmed };
}

/** The text of a string or of parts; what is no text counts as its JSON. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (content === null || content === undefined) return "";
  if (!Array.isArray(content)) return JSON.stringify(content);
  const parts: unknown[] = content;
  return parts
    .map((part) => (isJsonObject(part) && typeof part["text"] === "string" ? part["text"] : JSON.stringify(part)))
    .join("");
}
