import { isJsonObject } from "../../core/json/parse.ts";

/** What an endpoint says about a refusal. */
export interface ErrorBody {
  readonly message: string;
  /** A word such as `context_length_exceeded`; null when absent or only the HTTP status again. */
  readonly code: string | null;
  readonly param: string | null;
}

/** Reads the known forms: OpenAI's `error` object, a bare `error` string, FastAPI's `detail`, or plain text. */
export function readErrorBody(text: string): ErrorBody {
  const body = parseOrNull(text);
  if (!isJsonObject(body)) return { message: text.trim() || "no body", code: null, param: null };
  const error = isJsonObject(body["error"]) ? body["error"] : body;
  const said = error["message"] ?? body["error"] ?? body["detail"] ?? body["message"];
  return {
    message: typeof said === "string" ? said : text.trim(),
    code: word(error["code"]),
    param: word(error["param"]),
  };
}

/** vLLM names the parameter, OpenAI and others a code, older servers only say it. */
export function isOverflow(said: ErrorBody): boolean {
  if (said.param === "input_tokens" || said.code === "context_length_exceeded") return true;
  return /maximum context length|context_length_exceeded|available context size|exceeds? the context (?:window|length)/i.test(
    said.message,
  );
}

function word(value: unknown): string | null {
  return typeof value === "string" && value !== "" && !/^\d+$/.test(value) ? value : null;
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
