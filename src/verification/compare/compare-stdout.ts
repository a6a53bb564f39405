import { compareExact } from "./compare-exact.ts";
import { compareLines } from "./compare-lines.ts";
import { compareTokens, sameToken } from "./compare-tokens.ts";
import { compareUnorderedLines } from "./compare-unordered-lines.ts";
import type { Difference } from "./difference.ts";
import { sameNumber } from "./float-token.ts";
import type { OutputComparison } from "./output-comparison.ts";

/**
 * Compares standard output with what is expected: null when they agree by the rule, else their first difference. Takes
 * time in proportion to both texts, whatever the candidate wrote.
 */
export function compareStdout(comparison: OutputComparison, output: string, expected: string): Difference | null {
  switch (comparison.rule) {
    case "exact":
      return compareExact(output, expected);
    case "lines":
      return compareLines(output, expected, comparison.case_insensitive);
    case "tokens":
      return compareTokens(output, expected, sameToken(comparison.case_insensitive));
    case "float": {
      const same = sameToken(comparison.case_insensitive);
      return compareTokens(output, expected, (got, wanted) => same(got, wanted) || sameNumber(got, wanted, comparison));
    }
    case "unordered_lines":
      return compareUnorderedLines(output, expected, comparison.case_insensitive);
  }
}
