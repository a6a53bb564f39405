/** Members of a character class (flag `v`) for Python's `\s`: what `str.isspace()` accepts. U+FEFF is not in it. */
export const SPACE =
  "\\t\\n\\v\\f\\r\\x1c-\\x1f\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
/** Python's `\w`: letters and numbers of every script, and the underscore. */
export const WORD = "\\p{L}\\p{N}_";
/** Python's `\d`: decimal digits of every script. */
export const DIGIT = "\\p{Nd}";
/** Python's `\b`. */
export const BOUNDARY = `(?:(?<=[${WORD}])(?![${WORD}])|(?<![${WORD}])(?=[${WORD}]))`;
