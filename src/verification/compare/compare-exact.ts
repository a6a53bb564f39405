import { compareTokens, sameToken } from "./compare-tokens.ts";
import { commonPrefix, difference, type Difference } from "./difference.ts";

/** The same text, to the last blank. */
export function compareExact(output: string, expected: string): Difference | null {
  if (output === expected) return null;
  const offset = commonPrefix(output, expected);
  const blank = compareTokens(output, expected, sameToken(false)) === null ? "; only white space differs" : "";
  const got = { text: output, offset };
  return difference(got, { text: expected, offset }, ({ line, column }) => {
    if (offset === output.length) return `the output ends early, in line ${line}${blank}`;
    if (offset === expected.length) return `more output than expected, from line ${line}, column ${column} on${blank}`;
    return `line ${line} differs from column ${column} on${blank}`;
  });
}
