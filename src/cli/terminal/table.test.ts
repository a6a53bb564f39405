import { expect, test } from "vitest";
import { type Column, table } from "./table.ts";

const COLUMNS: Column[] = [{ title: "task", shrink: true }, { title: "reward", align: "right" }, { title: "note" }];

test("columns are aligned, wide characters counted, trailing spaces left out", () => {
  expect(
    table(COLUMNS, [
      ["a", "1", "x"],
      ["漢字", "0.25", ""],
      ["ferry-route", "12"],
    ]),
  ).toEqual(["task         reward  note", "a                 1  x", "漢字           0.25", "ferry-route      12"]);
});

test("a column that may gives way, down to a limit", () => {
  const rows = [["a-very-long-name-of-a-task", "1", "n"]];
  expect(table(COLUMNS, rows, { width: 30 })).toEqual([
    "task              reward  note",
    "a-very-long-nam…       1  n",
  ]);
  expect(table(COLUMNS, rows, { width: 5 })[1]).toBe("a-very-…       1  n");
  expect(table(COLUMNS, rows)[1]).toContain("a-very-long-name-of-a-task");
});

test("cells are painted after they are sanitised and padded", () => {
  const paint = (text: string) => `<${text}>`;
  const lines = table(
    [{ title: "a" }, { title: "b" }],
    [
      [
        { text: "\u001b[2J", paint },
        { text: "", paint },
      ],
    ],
    {
      paintTitle: (text) => text.toUpperCase(),
      indent: "  ",
    },
  );
  expect(lines).toEqual(["  A     B", "  <␛[2J>"]);
});

test("many rows cost no stack", () => {
  expect(
    table(
      [{ title: "n" }],
      Array.from({ length: 200_000 }, (_, i) => [String(i)]),
    ),
  ).toHaveLength(200_001);
});
