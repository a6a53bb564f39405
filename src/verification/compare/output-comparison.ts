import { z } from "zod";

const CaseInsensitive = z
  .boolean()
  .default(false)
  .describe("Whether letters that differ in case alone are the same; lower-cased by Unicode's general rule.");

const Tolerance = z.number().nonnegative();

/** How standard output is compared with the expected one. A row's field; `lines` where a row says nothing. */
export const OutputComparison = z
  .discriminatedUnion("rule", [
    z
      .strictObject({ rule: z.literal("exact") })
      .describe("The same text, to the last blank. Bytes that are not UTF-8 count as U+FFFD."),
    z
      .strictObject({ rule: z.literal("lines"), case_insensitive: CaseInsensitive })
      .describe(
        "NeMo Gym's rule: as many lines, each the same but for white space at its edges, or of the same decimals (1.0 is 1.00).",
      ),
    z
      .strictObject({ rule: z.literal("tokens"), case_insensitive: CaseInsensitive })
      .describe("The same words between white space, however they are laid out in lines (testlib's wcmp)."),
    z
      .strictObject({
        rule: z.literal("float"),
        absolute: Tolerance.default(1e-6).describe("Largest difference between two numbers."),
        relative: Tolerance.max(1).default(1e-6).describe("Largest difference, as a part of the expected number."),
        case_insensitive: CaseInsensitive,
      })
      .describe("As tokens; numbers may differ by one of the two tolerances, integers too (testlib's doubleCompare)."),
    z
      .strictObject({ rule: z.literal("unordered_lines"), case_insensitive: CaseInsensitive })
      .describe("The same lines by the rule `lines`, each as often, in any order."),
  ])
  .meta({ id: "OutputComparison" });
export type OutputComparison = z.infer<typeof OutputComparison>;

/** NeMo Gym's. */
export const DEFAULT_COMPARISON: OutputComparison = { rule: "lines", case_insensitive: false };
