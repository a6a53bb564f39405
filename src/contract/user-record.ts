import { z } from "zod";

type Texts = Record<string, string>;

/**
 * An object whose keys are the caller's own. zod's record drops `__proto__` without a word, before its keys are looked
 * at; here it is a problem like any other.
 */
export function userRecord(key: z.ZodType<string, string>, value: z.ZodType<string, string>): z.ZodType<Texts, Texts> {
  const checked = z.preprocess(
    (given, ctx) => {
      if (typeof given === "object" && given !== null && Object.hasOwn(given, "__proto__")) {
        ctx.addIssue({ code: "custom", path: ["__proto__"], message: "not a usable name" });
      }
      return given;
    },
    z.record(key, value),
  );
  // What goes in is what the record takes; preprocess says unknown.
  return checked as z.ZodType<Texts, Texts>;
}
