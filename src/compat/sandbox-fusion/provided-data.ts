import { isJsonObject } from "../../core/json/parse.ts";
import { parsePythonJson } from "./python-json.ts";
import { badValue, Refusal } from "./refusal.ts";
import type { Row, TestConfig } from "./requests.ts";

const DATASET_TYPES = ["CommonOJDataset", "AutoEvalDataset"] as const;
export type DatasetType = (typeof DATASET_TYPES)[number];

/** The kind of grader that a request names. No data set is registered here, so its name never decides. */
export function datasetType(dataset: string, { dataset_type }: TestConfig): DatasetType {
  if (dataset_type === null) throw new Refusal(400, `no eval class found for dataset ${dataset}`);
  const known = DATASET_TYPES.find((type) => type === dataset_type);
  if (known === undefined) throw new Refusal(400, `eval class ${dataset_type} not found`);
  return known;
}

const EXPECTED = "request.config.provided_data should be a";

/** The one row that a request brings along. */
export function providedRow(dataset: string, { provided_data }: TestConfig): Row {
  if (isEmpty(provided_data)) throw notHere(dataset);
  if (Array.isArray(provided_data)) throw new Refusal(400, `${EXPECTED} dict with str -> str | int`);
  return provided_data as Row;
}

/** The rows that a request brings along. */
export function providedRows(dataset: string, { provided_data }: TestConfig): readonly Row[] {
  if (isEmpty(provided_data)) throw notHere(dataset);
  if (!Array.isArray(provided_data)) throw new Refusal(400, `${EXPECTED} list of str -> str | int`);
  return provided_data as readonly Row[];
}

/** A column of a row, which may stand there as the text of its JSON. */
export function column(row: Row, name: string): unknown {
  const value = row[name];
  const loc = ["body", "config", "provided_data", name];
  if (value === undefined) throw badValue(loc, "the row lacks this column", null);
  if (typeof value !== "string") return value;
  try {
    return parsePythonJson(value);
  } catch {
    throw badValue(loc, "not JSON", value);
  }
}

/** A column that holds an object. */
export function objectColumn(row: Row, name: string): Row {
  const value = column(row, name);
  if (isJsonObject(value)) return value;
  throw badValue(["body", "config", "provided_data", name], "not an object", value);
}

/** A column that holds text. */
export function textColumn(row: Row, name: string): string {
  const value = row[name];
  if (typeof value === "string") return value;
  throw badValue(["body", "config", "provided_data", name], "not a text", value ?? null);
}

function isEmpty(data: TestConfig["provided_data"]): boolean {
  return data === null || Object.keys(data).length === 0;
}

function notHere(dataset: string): Refusal {
  return new Refusal(400, `the data set ${dataset} is not stored here; send its row as config.provided_data`);
}
