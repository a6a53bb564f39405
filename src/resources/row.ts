import { z } from "zod";
import { ResponsesCreateParams } from "../contract/responses.ts";
import type { FieldProblem } from "../core/errors/contexts.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { isJsonObject, parseJson } from "../core/json/parse.ts";
import type { ResourceDefinition } from "./definition.ts";
import type { Row } from "./port.ts";
import type { ToolDeclaration } from "./tool-declarations.ts";

/** What every row has, whatever its environment. */
const AnyRow = z.looseObject({ responses_create_params: ResponsesCreateParams });

/** A row from its text; `line` counts from 1 and names it in errors. Throws `invalid_row`. */
export function readRow(raw: string, line: number): Row {
  let value: unknown;
  try {
    value = parseJson(raw);
  } catch (error) {
    throw invalidRow(line, [
      { field: "", problem: `is not JSON: ${(error as SandlotError<"invalid_json">).context.detail}` },
    ]);
  }
  if (!isJsonObject(value)) throw invalidRow(line, [{ field: "", problem: "must be a JSON object" }]);
  return { raw, value };
}

/**
 * The row with what its model is asked, where the row itself does not say it and the resource does: rows of a dataset that
 * knows nothing of NeMo Gym. `tools` are declared where the resource's prompt names none. The rest of the row's text stays
 * as it is.
 */
export function promptedRow(definition: ResourceDefinition, tools: readonly ToolDeclaration[], row: Row): Row {
  if (!definition.prompt || "responses_create_params" in row.value) return row;
  const read = definition.row.safeParse(row.value);
  // What is wrong with it is told by who parses it.
  if (!read.success) return row;
  const params = { ...(tools.length > 0 ? { tools } : {}), ...definition.prompt(read.data) };
  const rest = row.raw.slice(row.raw.indexOf("{") + 1);
  const raw = `{"responses_create_params":${JSON.stringify(params)},${rest}`;
  return { raw, value: { responses_create_params: params, ...row.value } };
}

/** The row as the resource's schema reads it; throws `invalid_row` with every problem. */
export function parseRow(definition: ResourceDefinition, value: unknown, line: number): unknown {
  const problems = [AnyRow, definition.row].flatMap((schema) => {
    const read = schema.safeParse(value);
    return read.success
      ? []
      : read.error.issues.map((issue) => ({ field: z.core.toDotPath(issue.path), problem: issue.message }));
  });
  if (problems.length > 0) throw invalidRow(line, problems);
  return definition.row.parse(value);
}

/** The row's own id, as NeMo Gym looks for it, or its position. */
export function taskIdOf(row: Row, index: number): string {
  for (const key of ["task_id", "problem_id", "instance_id", "hash_id"]) {
    const id = row.value[key];
    if (typeof id === "string" && id !== "") return id.slice(0, 128);
    if (typeof id === "number") return String(id);
  }
  return String(index);
}

function invalidRow(line: number, fields: readonly FieldProblem[]): SandlotError {
  const unique = fields.filter(
    (field, i) => fields.findIndex((f) => f.field === field.field && f.problem === field.problem) === i,
  );
  return new SandlotError("invalid_row", { line, fields: unique });
}
