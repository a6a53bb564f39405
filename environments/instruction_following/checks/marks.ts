import { pythonStrip } from "sandlot";
import { strip } from "../text/python-string.ts";

/** Marks of Markdown as IFEval's patterns find them. Line by line: those patterns go over long runs again and again. */

/** Lines whose first sign is `-`, or `*` that is not followed by another one. */
export function bullets(text: string): number {
  const lines = text.split("\n");
  let count = 0;
  for (let i = 0; i < lines.length; i++) {
    const line = pythonStrip(lines[i] ?? "");
    if (!line.startsWith("*")) continue;
    // The sign after the star may be the end of the line, and the next line then belongs to this one.
    const bare = line === "*" && (lines[i] ?? "").endsWith("*");
    if (bare ? i === lines.length - 1 : line[1] === "*") continue;
    count++;
    if (bare) i++;
  }
  return count + lines.filter((line) => pythonStrip(line).startsWith("-")).length;
}

/** Parts between single stars, and once more those between double ones, that are not blank. */
export function highlights(text: string): number {
  const single = (text.match(/\*[^\n*]*\*/g) ?? []).filter((part) => pythonStrip(strip(part, "*")) !== "");
  const double = (text.match(/\*\*[^\n*]*\*\*/g) ?? []).filter((part) => pythonStrip(part.slice(2, -2)) !== "");
  return single.length + double.length;
}

/** Parts in square brackets; each ends with the first bracket that closes. */
export function placeholders(text: string): number {
  let count = 0;
  for (const line of text.split("\n")) {
    let start = line.indexOf("[");
    while (start >= 0) {
      const end = line.indexOf("]", start);
      if (end < 0) break;
      count++;
      start = line.indexOf("[", end);
    }
  }
  return count;
}

/** Whether a line holds something between `<<` and `>>`. */
export function hasTitle(text: string): boolean {
  return text.split("\n").some((line) => {
    const start = line.indexOf("<<");
    const end = line.lastIndexOf(">>");
    if (start < 0 || end < start + 3) return false;
    return pythonStrip(strip(strip(line.slice(start, end + 2), "<", "left"), ">", "right")) !== "";
  });
}
