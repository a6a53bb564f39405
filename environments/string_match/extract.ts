import { gymLastClosedBoxed, pythonStrip, type ResponseObject, stripTextWrappers } from "sandlot";
import { z } from "zod";

/** Where in the response the answer stands. */
export const ExtractionMode = z.enum(["boxed", "final_answer", "last_line", "full_response"]);
export type ExtractionMode = z.infer<typeof ExtractionMode>;

const SPACE = "[\\s\\x1c-\\x1f\\x85]";
const FINAL_ANSWER = new RegExp(`(?:final${SPACE}+answer|answer)${SPACE}*[:：]${SPACE}*([^\\n]+)`, "giu");
const SEPARATORS = "\\x1c-\\x1e\\x85\\u2028\\u2029";
/** What ends a line for `str.splitlines()`. */
const LINE_END = new RegExp(`\\r\\n|[\\n\\r\\v\\f${SEPARATORS}]`);

/** The texts of the assistant's messages, one below the other. */
export function assistantText(response: ResponseObject): string {
  const texts = response.output.flatMap((item) => {
    if (item.type !== "message" || (item["role"] ?? "assistant") !== "assistant") return [];
    const content = item["content"];
    if (typeof content === "string") return [content];
    if (!Array.isArray(content)) return [];
    return content.flatMap((part: { text?: unknown } | null) => (typeof part?.text === "string" ? [part.text] : []));
  });
  return pythonStrip(texts.join("\n"));
}

/** The answer that `mode` finds in a text without blanks at its ends; null when there is none. */
export function extractAnswer(text: string, mode: ExtractionMode): string | null {
  switch (mode) {
    case "boxed":
      return boxedAnswer(text);
    case "final_answer":
      return finalAnswer(text) ?? boxedAnswer(text);
    case "last_line":
      return (
        text
          .split(LINE_END)
          .map(pythonStrip)
          .findLast((line) => line !== "") ?? null
      );
    case "full_response":
      return text === "" ? null : text;
  }
}

function boxedAnswer(text: string): string | null {
  const boxed = gymLastClosedBoxed(text);
  return boxed === null ? null : pythonStrip(stripTextWrappers(pythonStrip(boxed)));
}

/** The rest of the line after the last "Answer:", without full stops at its end. */
function finalAnswer(text: string): string | null {
  const last = Array.from(text.matchAll(FINAL_ANSWER)).at(-1);
  if (!last) return null;
  let answer = pythonStrip(last[1] ?? "");
  if (answer.endsWith(".")) answer = pythonStrip(answer.slice(0, -1));
  return withoutEnd(answer, ".");
}

/** `text.rstrip(characters)`. By index: a pattern anchored at the end goes over long runs again and again. */
export function withoutEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1] ?? "")) end--;
  return text.slice(0, end);
}
