import { describe, expect, it } from "vitest";
import { withoutDelimiters } from "./without-delimiters.ts";

describe("withoutDelimiters", () => {
  it.each([
    ["\\(\\frac{1}{2}\\)", "\\frac{1}{2}"],
    [" $ 5 $ ", "5"],
    ["\\( $5$ \\)", "5"],
    ["$\\(5\\)$", "\\(5\\)"],
    ["$", "$"],
    ["\\sqrt{2}", "\\sqrt{2}"],
  ])("takes them from %j", (text, bare) => expect(withoutDelimiters(text)).toBe(bare));
});
