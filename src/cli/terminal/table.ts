import { sanitiseLine } from "./sanitise.ts";
import { displayWidth, fit } from "./width.ts";

/** One column of a table. */
export interface Column {
  readonly title: string;
  /** Default left. */
  readonly align?: "left" | "right";
  /** Whether it gives way when the table is wider than the terminal. */
  readonly shrink?: boolean;
}

/** Text of a cell, with what colours it. The printer sanitises the text. */
export type Cell = string | { readonly text: string; readonly paint: (text: string) => string };

export interface TableOptions {
  /** Columns of the terminal; nothing is cut when it is not known. */
  readonly width?: number | undefined;
  readonly paintTitle?: (text: string) => string;
  /** Stands before each line. */
  readonly indent?: string;
}

const GAP = "  ";
/** What a column that gives way keeps at least. */
const LEAST = 8;

/** The lines of a table: titles, then rows, aligned. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  options: TableOptions = {},
): string[] {
  const indent = options.indent ?? "";
  const texts = rows.map((row) => columns.map((_, i) => sanitiseLine(textOf(row[i]))));
  const natural = columns.map((column, i) =>
    texts.reduce((widest, row) => Math.max(widest, displayWidth(row[i] ?? "")), displayWidth(column.title)),
  );
  const widths = shrunk(columns, natural, options.width === undefined ? Infinity : options.width - indent.length);
  const line = (cells: readonly string[], paints: readonly ((text: string) => string)[]) =>
    `${indent}${cells.map((text, i) => padded(text, i, paints[i])).join(GAP)}`.trimEnd();
  const padded = (text: string, i: number, paint: (text: string) => string = String): string => {
    const width = widths[i] ?? 0;
    const shown = fit(text, width);
    const space = " ".repeat(Math.max(0, width - displayWidth(shown)));
    const painted = shown === "" ? "" : paint(shown);
    return columns[i]?.align === "right" ? space + painted : painted + space;
  };
  const paintTitle = options.paintTitle ?? String;
  const titles = columns.map(({ title }) => title);
  return [
    line(
      titles,
      titles.map(() => paintTitle),
    ),
    ...texts.map((row, r) =>
      line(
        row,
        columns.map((_, i) => paintOf(rows[r]?.[i])),
      ),
    ),
  ];
}

/** Widths that fit into `available` as far as the columns that give way allow: the widest gives first. */
function shrunk(columns: readonly Column[], natural: readonly number[], available: number): number[] {
  const widths = [...natural];
  const room = available - GAP.length * (columns.length - 1);
  for (let over = sum(widths) - room; over > 0; over--) {
    let widest = -1;
    for (const [i, column] of columns.entries()) {
      if (column.shrink && (widths[i] ?? 0) > Math.max(LEAST, widths[widest] ?? 0)) widest = i;
    }
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}

function textOf(cell: Cell | undefined): string {
  return typeof cell === "object" ? cell.text : (cell ?? "");
}

function paintOf(cell: Cell | undefined): (text: string) => string {
  return typeof cell === "object" ? cell.paint : String;
}
