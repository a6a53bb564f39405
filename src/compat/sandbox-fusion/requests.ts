import { BOUNDS } from "../../contract/limits.ts";
import {
  anyObject,
  boolean,
  dictionary,
  float,
  int,
  list,
  literal,
  type Model,
  model,
  nullable,
  optional,
  type Reader,
  required,
  text,
  union,
} from "./fields.ts";
import { DIALECT_NAMES } from "./languages.ts";
import { type Problem, unprocessable } from "./refusal.ts";

/** Most names to fetch; several may mean one file. */
const MAX_FETCHED = 1024;
const MAX_CELLS = 1024;

/** The names of languages that a request may use. */
type Languages = readonly string[];

const fetched = optional(list(text, MAX_FETCHED), []);
const noFiles: ReadonlyMap<string, string | null> = new Map();

// The fields stand in the original's order: problems are told in it.
const runCodeFields = (languages: Languages) => ({
  compile_timeout: optional(float, 10),
  run_timeout: optional(float, 10),
  memory_limit_MB: optional(int, -1),
  code: required(text),
  stdin: optional(nullable(text), null),
  language: required(literal(languages)),
  files: optional(dictionary(nullable(text), BOUNDS.filesPerRun), noFiles),
  fetch_files: fetched,
});
export type RunCodeRequest = Model<ReturnType<typeof runCodeFields>>;

const runJupyterFields = {
  cells: required(list(text, MAX_CELLS)),
  cell_timeout: optional(float, 0),
  total_timeout: optional(float, 45),
  memory_limit_MB: optional(int, -1),
  kernel: optional(literal(["python3"]), "python3"),
  files: optional(dictionary(text, BOUNDS.filesPerRun), new Map<string, string>()),
  fetch_files: fetched,
};
export type RunJupyterRequest = Model<typeof runJupyterFields>;

/** A row that a request brings along, as it is. */
export type Row = Readonly<Record<string, unknown>>;
type ProvidedData = Row | readonly Row[];

const providedData = union<ProvidedData>({ "list[dict[str,any]]": list(anyObject), "dict[str,any]": anyObject });

const configFields = (languages: Languages) => ({
  dataset_type: optional(nullable(text), null),
  language: optional(nullable(literal(languages)), null),
  locale: optional(nullable(text), null),
  is_fewshot: optional(nullable(boolean), null),
  compile_timeout: optional(nullable(float), null),
  run_timeout: optional(nullable(float), null),
  custom_extract_logic: optional(nullable(text), null),
  provided_data: optional(nullable(providedData), null),
  extra: optional(anyObject, {}),
});
export type TestConfig = Model<ReturnType<typeof configFields>>;

/** An id of a row: a whole number or a text, never the one read as the other. */
const identifier: Reader<number | string> = (value, loc, problems) => {
  if (typeof value === "string") return text(value, loc, problems);
  return union<number | string>({ int, str: text })(value, loc, problems);
};

const datasetFields = (languages: Languages) => ({
  dataset: required(text),
  config: required(model(configFields(languages))),
});

const submitFields = (languages: Languages) => {
  const { dataset, config } = datasetFields(languages);
  return { dataset, id: required(identifier), completion: required(text), config };
};
export type SubmitRequest = Model<ReturnType<typeof submitFields>>;

const promptsFields = (languages: Languages) => ({
  ...datasetFields(languages),
  offset: optional(int, 0),
  limit: optional(int, 1_000_000),
});
export type PromptsRequest = Model<ReturnType<typeof promptsFields>>;

const promptByIdFields = (languages: Languages) => ({ ...datasetFields(languages), id: required(identifier) });
export type PromptByIdRequest = Model<ReturnType<typeof promptByIdFields>>;

const metricsFields = (languages: Languages) => ({
  ...datasetFields(languages),
  results: required(list(anyObject)),
});
export type MetricsRequest = Model<ReturnType<typeof metricsFields>>;
export type DatasetRequest = Model<ReturnType<typeof datasetFields>>;

// Readers of the bodies; each throws 422 with all problems.

export function readRunCode(body: unknown, languages: Languages): RunCodeRequest {
  return whole(model(runCodeFields(languages)), body);
}

export function readRunJupyter(body: unknown): RunJupyterRequest {
  return whole(model(runJupyterFields), body);
}

export function readSubmit(body: unknown, languages: Languages): SubmitRequest {
  return whole(model(submitFields(languages)), body);
}

export function readPrompts(body: unknown): PromptsRequest {
  return whole(model(promptsFields(DIALECT_NAMES)), body);
}

export function readPromptById(body: unknown): PromptByIdRequest {
  return whole(model(promptByIdFields(DIALECT_NAMES)), body);
}

export function readMetrics(body: unknown): MetricsRequest {
  return whole(model(metricsFields(DIALECT_NAMES)), body);
}

export function readMetricsFunction(body: unknown): DatasetRequest {
  return whole(model(datasetFields(DIALECT_NAMES)), body);
}

function whole<T>(read: Reader<T>, body: unknown): T {
  const problems: Problem[] = [];
  const value = read(body, ["body"], problems);
  if (value === undefined) throw unprocessable(problems);
  return value;
}
