import { isJsonObject, type JsonObject } from "../../core/json/parse.ts";

/** The weight version of an answer, where an engine states it: at the top (gateways) or in `metadata` (SGLang). */
export function weightVersionOf(body: JsonObject): string | null {
  const metadata = isJsonObject(body["metadata"]) ? body["metadata"] : {};
  const version = body["weight_version"] ?? metadata["weight_version"];
  return typeof version === "string" || typeof version === "number" ? String(version) : null;
}
