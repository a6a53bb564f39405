/** Text for a column of type text, which cannot hold NUL: it becomes U+FFFD. */
export function columnText(text: string | null): string | null {
  return text === null ? null : text.replaceAll("\0", "\uFFFD");
}
