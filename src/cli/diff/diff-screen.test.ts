import { expect, test } from "vitest";
import { fromDifference } from "./diff-screen.ts";
import { unifiedDiff } from "./text-diff.ts";

test("texts are shown from a little before their first difference, with their kind", () => {
  const same = "a".repeat(100);
  expect(fromDifference([`message ${same}x`, `message ${same}y`])).toEqual([
    `message …${"a".repeat(24)}x`,
    `message …${"a".repeat(24)}y`,
  ]);
});

test("texts that differ early, stand alone or are at their end stay as they are", () => {
  expect(fromDifference(["message one", "message two"])).toEqual(["message one", "message two"]);
  expect(fromDifference(["run({})", "result 1"])).toEqual(["run({})", "result 1"]);
  expect(fromDifference([null, "message one"])).toEqual([null, "message one"]);
});

test("a unified difference has hunks and no notes about the end of the text", () => {
  expect(unifiedDiff("a\nb", "a\nc")).toBe("@@ -1,2 +1,2 @@\n a\n-b\n+c");
  expect(unifiedDiff("a", "a")).toBe("");
});
