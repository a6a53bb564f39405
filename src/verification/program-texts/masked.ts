const COMMENTS_AND_LITERALS =
  /\/\*[^]*?(?:\*\/|$)|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[^]|[^`\\])*`/g;

/** The text with blanks for its comments and literals: what is left of `{`, `;` and the like is structure. */
export function masked(text: string): string {
  return text.replaceAll(COMMENTS_AND_LITERALS, (found) => found.replaceAll(/[^\n]/g, " "));
}

/** Positions of the braces that are still open at the end of a masked text, the outermost first. */
export function openBraces(text: string): number[] {
  const open: number[] = [];
  for (const { 0: brace, index } of text.matchAll(/[{}]/g)) {
    if (brace === "{") open.push(index);
    else open.pop();
  }
  return open;
}

/** Splits a masked text at the commas that no bracket encloses. */
export function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: sign, index } of text.matchAll(/[()[\]{}<>,]/g)) {
    if ("([{<".includes(sign)) depth++;
    else if (sign !== ",") depth--;
    else if (depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(text.slice(start));
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}
