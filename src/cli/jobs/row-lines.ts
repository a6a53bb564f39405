import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { isJsonObject, parseJson } from "../../core/json/parse.ts";

/** The rows of a JSONL text. */
export interface RowLines {
  /** Text of each row, exactly. */
  readonly rows: readonly string[];
  /** Number of each row's line, from 1. */
  readonly lines: readonly number[];
}

/** The lines of JSONL text that are not blank, each checked to be a JSON object. Throws `invalid_row` that names the line. */
export function readRowLines(text: string, source: string): RowLines {
  const rows: string[] = [];
  const lines: number[] = [];
  // A byte order mark belongs to the file, not to its first row. Only \n ends a line, as for datasets.
  for (const [index, line] of text
    .replace(/^\ufeff/, "")
    .split("\n")
    .entries()) {
    const row = line.replace(/\r$/, "");
    if (row.trim() === "") continue;
    const problem = problemOf(row);
    if (problem !== null) throw invalidRow(source, index + 1, problem);
    rows.push(row);
    lines.push(index + 1);
  }
  if (rows.length > 0) return { rows, lines };
  throw new SandlotError("invalid_request", { fields: [{ field: source, problem: "holds no rows" }] });
}

/** The server counts rows, the user counts lines: its error about a row with the line of the file. */
export function withFileLine(error: unknown, { lines }: RowLines, source: string): unknown {
  if (!SandlotError.is(error, "invalid_row")) return error;
  const line = lines[error.context.line - 1] ?? error.context.line;
  const fields = error.context.fields.map(({ field, problem }) => ({ field: field || source, problem }));
  return new SandlotError("invalid_row", { line, fields }, { cause: error });
}

function problemOf(row: string): string | null {
  try {
    return isJsonObject(parseJson(row)) ? null : "is not a JSON object";
  } catch (error) {
    return SandlotError.is(error, "invalid_json") ? `is not JSON: ${error.context.detail}` : String(error);
  }
}

function invalidRow(source: string, line: number, problem: string): SandlotError {
  return new SandlotError("invalid_row", { line, fields: [{ field: source, problem }] });
}
