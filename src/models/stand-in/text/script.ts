import { isJsonObject, type JsonObject } from "../../../core/json/parse.ts";
import type { Answer, AnsweredCall } from "./answer.ts";

const OPEN = "[[script ";
/** Closing brackets tried: JSON may hold `]]` itself. */
const TRIES = 256;

/**
 * The answers that a prompt asks for: `[[script ANSWERS]]` with a JSON answer or list of answers, each a string or an
 * object with `content`, `reasoning`, `tool_calls` (of `name` and `arguments`), `raw`, `finish`,
 * `end_of_text` and `tokens`. Null
 * when there is no such marker, or what is in it is no JSON.
 */
export function scriptIn(text: string): Answer[] | null {
  const start = text.lastIndexOf(OPEN);
  if (start < 0) return null;
  let end = start + OPEN.length;
  for (let tries = 0; tries < TRIES; tries++) {
    end = text.indexOf("]]", end);
    if (end < 0) return null;
    const value = jsonOrUndefined(text.slice(start + OPEN.length, end));
    if (value !== undefined) return (Array.isArray(value) ? (value as unknown[]) : [value]).map(answerOf);
    end++;
  }
  return null;
}

function answerOf(value: unknown): Answer {
  if (!isJsonObject(value)) return { content: typeof value === "string" ? value : JSON.stringify(value) };
  const { content, reasoning, tool_calls, raw, finish, end_of_text, tokens } = value;
  return {
    ...(typeof content === "string" ? { content } : {}),
    ...(typeof reasoning === "string" ? { reasoning } : {}),
    ...(Array.isArray(tool_calls) ? { toolCalls: tool_calls.filter(isJsonObject).map(callOf) } : {}),
    ...(typeof raw === "string" ? { raw } : {}),
    ...(finish === "stop" || finish === "length" || finish === "error" ? { finish } : {}),
    ...(end_of_text === true ? { endOfText: true } : {}),
    ...(typeof tokens === "number" && tokens >= 1 ? { tokens: Math.floor(tokens) } : {}),
  };
}

function callOf(call: JsonObject): AnsweredCall {
  return { name: typeof call["name"] === "string" ? call["name"] : "", arguments: call["arguments"] ?? {} };
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
