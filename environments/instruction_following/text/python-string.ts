/** `str.isupper()`: at least one letter with case, and none of them small. */
export function isUpper(text: string): boolean {
  return /\p{Uppercase}/u.test(text) && !/[\p{Lowercase}\p{Lt}]/u.test(text);
}

/** `str.islower()`: at least one letter with case, and none of them capital. */
export function isLower(text: string): boolean {
  return /\p{Lowercase}/u.test(text) && !/[\p{Uppercase}\p{Lt}]/u.test(text);
}

/** `str.strip(characters)`. By index: candidates choose these texts. */
export function strip(text: string, characters: string, side: "left" | "right" | "both" = "both"): string {
  let start = 0;
  let end = text.length;
  if (side !== "right") while (start < end && characters.includes(text[start] ?? "")) start++;
  if (side !== "left") while (end > start && characters.includes(text[end - 1] ?? "")) end--;
  return text.slice(start, end);
}

/** `re.findall(r"\w+", text)`. */
export function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}_]+/gu) ?? [];
}
