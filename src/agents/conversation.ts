import { SandlotError } from "../core/errors/sandlot-error.ts";
import { isJsonObject, type JsonObject, parseJson } from "../core/json/parse.ts";
import { joinMembers, rawElements, rawMembers } from "../core/json/raw.ts";
import type { AgentTask } from "./port.ts";

/** A row's conversation before the first turn. */
export interface Conversation {
  /** Members of the model request, raw: the row's with the sampling merged over them. */
  readonly params: ReadonlyMap<string, string>;
  /** Raw JSON text of each input item of the row. */
  readonly input: readonly string[];
  /** Names of the function tools the row declares. */
  readonly tools: ReadonlySet<string>;
}

/** Only the row says these, and only the platform the last three. */
const NOT_FOR_SAMPLING: ReadonlySet<string> = new Set(["input", "tools", "model", "stream", "stream_options"]);

/** Recorded Gym rows hold these nulls, which servers refuse: they mean that the field is not set. */
const NULL_MEANS_ABSENT: ReadonlySet<string> = new Set(["tools", "tool_choice", "parallel_tool_calls"]);

/**
 * Reads a task as raw text: every value arrives at the model as the row has it. Sampling replaces whole members
 * of the row's `responses_create_params`. Throws `invalid_row` for a row without input, and
 * `invalid_json` or `invalid_request` for sampling that is no JSON object.
 */
export function openConversation(task: AgentTask): Conversation {
  const { raw, value: row } = task.row;
  const fields = row["responses_create_params"];
  const rawFields = rawMembers(raw).get("responses_create_params");
  if (!isJsonObject(fields) || rawFields === undefined) throw badRow("responses_create_params", "is missing");
  const params = rawMembers(rawFields);
  const input = inputItems(fields["input"], params.get("input") ?? "null");
  if (!isJsonObject(parseJson(task.sampling))) throw badSampling();
  for (const [key, sampled] of rawMembers(task.sampling)) {
    if (!NOT_FOR_SAMPLING.has(key)) params.set(key, sampled);
  }
  for (const [key, value] of params) if (value === "null" && NULL_MEANS_ABSENT.has(key)) params.delete(key);
  for (const key of ["input", "model", "stream", "stream_options"]) params.delete(key);
  return { params, input, tools: declaredTools(fields) };
}

function inputItems(input: unknown, raw: string): string[] {
  if (typeof input === "string") {
    const message = new Map([
      ["role", '"user"'],
      ["content", raw],
    ]);
    return [joinMembers(message)];
  }
  if (!Array.isArray(input) || !input.every(isJsonObject)) {
    throw badRow("responses_create_params.input", "must be a string or a list of items");
  }
  return rawElements(raw);
}

function declaredTools(params: JsonObject): ReadonlySet<string> {
  const tools: unknown[] = Array.isArray(params["tools"]) ? params["tools"] : [];
  const names = tools.map((tool) => (isJsonObject(tool) && tool["type"] === "function" ? tool["name"] : null));
  return new Set(names.filter((name) => typeof name === "string"));
}

function badRow(field: string, problem: string): SandlotError {
  return new SandlotError("invalid_row", { line: 1, fields: [{ field, problem }] });
}

function badSampling(): SandlotError {
  return new SandlotError("invalid_request", { fields: [{ field: "sampling", problem: "must be an object" }] });
}
