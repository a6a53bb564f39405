import { SandlotError } from "../errors/sandlot-error.ts";

/** A JSON object as JavaScript sees it. Numbers beyond 2^53 and `-0.0` are only safe in its raw text. */
export type JsonObject = Record<string, unknown>;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of UTF-8 bytes; throws `invalid_json` when they are not UTF-8. */
export function utf8Text(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new SandlotError("invalid_json", { detail: "the text is not valid UTF-8" });
  }
}

/** The value of strict JSON text; throws `invalid_json` with the parser's reason. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new SandlotError("invalid_json", { detail: (error as Error).message });
  }
}

/** Whether `value` is an object and not an array or null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
