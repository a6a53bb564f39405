import { expect, test } from "vitest";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { readRowLines, withFileLine } from "./row-lines.ts";

test("rows keep their text and know their lines", () => {
  const text = '\ufeff{"a": 1.0}\r\n\n  {"b":"\u2028"} \n';
  expect(readRowLines(text, "f")).toEqual({ rows: ['{"a": 1.0}', '  {"b":"\u2028"} '], lines: [1, 3] });
});

test.each([
  ['{}\n{"a":}', /line 2.*rows\.jsonl: is not JSON/],
  ["{}\n\n[1]\n", /line 3.*is not a JSON object/],
  ["\n \n", /rows\.jsonl: holds no rows/],
])("%j is refused", (text, message) => {
  expect(() => readRowLines(text, "rows.jsonl")).toThrow(message);
});

test("the server's row becomes the file's line", () => {
  const error = new SandlotError("invalid_row", { line: 2, fields: [{ field: "x", problem: "p" }] });
  expect(withFileLine(error, { rows: ["{}", "{}"], lines: [1, 7] }, "f")).toMatchObject({ context: { line: 7 } });
  const other = new Error("other");
  expect(withFileLine(other, { rows: [], lines: [] }, "f")).toBe(other);
});
