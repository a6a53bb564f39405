const BOX = /\\(?:boxed|fbox)\s*\{/g;

/**
 * What stands in the last `\boxed{}` or `\fbox{}` of a text, braces in it included; null when there is none, or when
 * its braces do not balance: an answer that was cut off names none, and an earlier box may be any step of it.
 */
export function lastBoxed(text: string): string | null {
  let open: number | null = null;
  for (const match of text.matchAll(BOX)) open = match.index + match[0].length - 1;
  return open === null ? null : balanced(text, open);
}

/** What is between the brace at `open` and its partner. Escaped braces are characters. */
function balanced(text: string, open: number): string | null {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    const char = text[at];
    if (char === "\\") at++;
    else if (char === "{") depth++;
    else if (char === "}" && --depth === 0) return text.slice(open + 1, at).trim();
  }
  return null;
}
