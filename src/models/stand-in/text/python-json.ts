/**
 * JSON text with the spaces that Python's `json.dumps` sets, as chat templates render it: `{"a": 1, "b": [2, 3]}`.
 * Numbers and strings stay as they are.
 */
export function pythonSpacing(json: string): string {
  let text = "";
  for (const [part] of json.matchAll(/"(?:[^"\\]|\\.)*"|[^"]+/gs)) {
    text += part.startsWith('"') ? part : part.replaceAll(/\s+/g, "").replaceAll(/[:,]/g, "$& ");
  }
  return text;
}

/** A value as Python's `json.dumps(…, ensure_ascii=False)` writes it. */
export function pythonJson(value: unknown): string {
  return pythonSpacing(JSON.stringify(value) ?? "null");
}
