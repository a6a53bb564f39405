const EMPHASIS = /[\s*`]/;

/**
 * The first line behind the last occurrence of the marker that says something, without blanks and emphasis around it.
 */
export function afterMarker(text: string, marker: string): string | null {
  const at = text.lastIndexOf(marker);
  if (at < 0) return null;
  let start = at + marker.length;
  while (start < text.length && EMPHASIS.test(text.charAt(start))) start++;
  const lineEnd = text.indexOf("\n", start);
  let end = lineEnd < 0 ? text.length : lineEnd;
  while (end > start && EMPHASIS.test(text.charAt(end - 1))) end--;
  return end > start ? text.slice(start, end) : null;
}
