import { isJsonObject, type JsonObject } from "../../../core/json/parse.ts";
import type { Sampling } from "../replica/sampling.ts";
import type { Fields } from "../http/fields.ts";
import { badParameter, HttpError } from "../http/http-error.ts";

const MOST_LOGPROBS = 20;
const MOST_CHOICES = 1024;

/** The sampling parameters of a body, with their types checked; `maxTokens` as it was asked for, or null. */
export interface AskedSampling extends Omit<Sampling, "maxTokens"> {
  readonly maxTokens: number | null;
}

/** Reads the parameters that all dialects of vLLM share. `maxName`: what this one calls the limit of output. */
export function samplingFields(fields: Fields, maxName: "max_tokens" | "max_output_tokens"): AskedSampling {
  const completion = maxName === "max_tokens" ? fields.integer("max_completion_tokens") : null;
  const structured = fields.object("structured_outputs");
  const choice = structured?.["choice"] ?? fields.body["guided_choice"];
  for (const name of ["top_p", "min_p", "presence_penalty", "frequency_penalty", "repetition_penalty"])
    fields.number(name);
  fields.integer("top_k");
  return {
    maxTokens: completion ?? fields.integer(maxName),
    minTokens: fields.integer("min_tokens") ?? 0,
    ignoreEos: fields.boolean("ignore_eos") ?? false,
    stop: fields.texts("stop"),
    stopTokenIds: fields.integers("stop_token_ids") ?? [],
    includeStopInOutput: fields.boolean("include_stop_str_in_output") ?? false,
    temperature: fields.number("temperature") ?? 1,
    seed: fields.integer("seed"),
    choice: Array.isArray(choice) ? choice.filter((text) => typeof text === "string") : null,
    schema: schemaOf(fields.body, structured),
    priority: fields.integer("priority") ?? 0,
    salt: fields.text("cache_salt") ?? "",
  };
}

/** The JSON schema of an answer, as vLLM, Chat Completions or Responses say it; any object for `json_object`. */
function schemaOf(body: JsonObject, structured: JsonObject | null): JsonObject | null {
  const text = isJsonObject(body["text"]) ? body["text"]["format"] : null;
  const format = [body["response_format"], text].find(isJsonObject);
  const named = isJsonObject(format?.["json_schema"]) ? format["json_schema"]["schema"] : format?.["schema"];
  const schema = structured?.["json"] ?? body["guided_json"] ?? named;
  if (isJsonObject(schema)) return schema;
  if (typeof schema === "string") {
    try {
      const parsed: unknown = JSON.parse(schema);
      return isJsonObject(parsed) ? parsed : null;
    } catch {
      throw badParameter("The JSON schema is no JSON.", "structured_outputs");
    }
  }
  return format?.["type"] === "json_object" ? { type: "object", additionalProperties: {} } : null;
}

/** What vLLM refuses of parameters that have the right types. */
export function checkSampling({ maxTokens, minTokens, temperature }: AskedSampling, maxModelLength: number): void {
  if (maxTokens !== null && maxTokens < 1)
    throw badParameter(`max_tokens must be at least 1, got ${maxTokens}.`, "max_tokens", maxTokens);
  if (maxTokens !== null && maxTokens > maxModelLength) {
    const bound = `cannot be greater than max_model_len=${maxModelLength}. Please request fewer output tokens.`;
    throw badParameter(`max_tokens=${maxTokens} ${bound}`, "max_tokens", maxTokens);
  }
  if (maxTokens !== null && minTokens > maxTokens)
    throw badParameter(
      `min_tokens must be less than or equal to max_tokens=${maxTokens}, got ${minTokens}.`,
      "min_tokens",
      minTokens,
    );
  if (temperature < 0)
    throw badParameter(`temperature must be non-negative, got ${temperature}.`, "temperature", temperature);
}

/** How many choices; throws a 400 when they are none or more than the stand-in serves. */
export function checkCount(count: number): number {
  if (count < 1) throw badParameter(`n must be at least 1, got ${count}.`, "n", count);
  if (count > MOST_CHOICES) throw badParameter(`n must be at most ${MOST_CHOICES}, got ${count}.`, "n", count);
  return count;
}

/** The log-probs asked for per token; throws a 400 when they are too many. */
export function checkLogprobs(count: number | null): number | null {
  if (count !== null && count > MOST_LOGPROBS)
    throw badParameter(
      `Requested sample logprobs of ${count}, which is greater than max allowed: ${MOST_LOGPROBS}`,
      "logprobs",
      count,
    );
  return count;
}

/**
 * How many tokens may be generated: what was asked for, lowered to what is left of the context. Throws a 400 when the
 * prompt leaves nothing. `exact`: the prompt came as tokens, so vLLM counts it to its end.
 */
export function outputRoom(prompt: number, asked: number | null, maxModelLength: number, exact: boolean): number {
  if (prompt < 1) throw new HttpError(400, "The decoder prompt cannot be empty");
  if (prompt >= maxModelLength) {
    const count = exact ? prompt : maxModelLength + 1;
    const contains = exact ? String(prompt) : `at least ${count}`;
    throw badParameter(
      `This model's maximum context length is ${maxModelLength} tokens. However, your prompt contains ${contains} input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt.`,
      "input_tokens",
      count,
    );
  }
  return Math.min(asked ?? Infinity, maxModelLength - prompt);
}
