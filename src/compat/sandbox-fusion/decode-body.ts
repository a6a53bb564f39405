import { checkDepth } from "../../server/json-depth.ts";
import { parsePythonJson, PythonJsonError } from "./python-json.ts";
import { pydanticProblem, unprocessable } from "./refusal.ts";

/** A body that has been read. */
export interface Body {
  readonly value: unknown;
  /** As it came, but for a byte order mark. */
  readonly text: string;
}

/**
 * A body as FastAPI takes it: JSON when the type says so or nothing is said, as Python's `json` reads it; else
 * the text itself, which no request takes. Throws 422 when it is missing or no JSON.
 */
export function decodeBody(contentType: string | undefined, body: string): Body {
  if (body === "") throw missing();
  if (contentType && !isJson(contentType)) return { value: body, text: body };
  const text = body.charCodeAt(0) === 0xfeff ? body.slice(1) : body;
  const value = parse(text);
  if (value === null) throw missing();
  return { value, text };
}

function isJson(contentType: string): boolean {
  return /^application\/(?:[^;\s]+\+)?json$/i.test((contentType.split(";")[0] ?? "").trim());
}

function parse(text: string): unknown {
  try {
    // Deeper ones would overflow a stack sooner or later.
    checkDepth(text);
    return parsePythonJson(text);
  } catch (error) {
    const position = error instanceof PythonJsonError ? error.position : 0;
    const reason = error instanceof PythonJsonError ? error.message : "nested too deeply";
    throw unprocessable([
      { type: "json_invalid", loc: ["body", position], msg: "JSON decode error", input: {}, ctx: { error: reason } },
    ]);
  }
}

function missing() {
  return unprocessable([pydanticProblem({ type: "missing", loc: ["body"], msg: "Field required", input: null })]);
}
