import type { JsonObject } from "../../../core/json/parse.ts";
import type { Replica } from "../replica/replica.ts";
import { checkModel } from "./check-model.ts";
import { Fields } from "../http/fields.ts";
import { HttpError, invalidShape } from "../http/http-error.ts";
import { encode, VOCABULARY_SIZE } from "../text/tokenizer.ts";
import type { Call } from "./call.ts";
import { checkCount, checkLogprobs, checkSampling, outputRoom, samplingFields } from "./sampling-fields.ts";

/** Output of Completions where nobody says how much. */
const DEFAULT_MAX_TOKENS = 16;

/** A call without a conversation: prompts and what to return. */
export interface PlainCall {
  readonly calls: readonly Call[];
  /** Choices per prompt. */
  readonly count: number;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly logprobs: number | null;
  readonly promptLogprobs: number | null;
  readonly returnTokenIds: boolean;
  readonly tokensAsIds: boolean;
  readonly echo: boolean;
}

/** Reads a body of Completions; throws what vLLM refuses. */
export function completionCall(replica: Replica, body: JsonObject): PlainCall {
  const fields = new Fields(body);
  fields.require("prompt");
  const model = fields.text("model");
  const sampling = samplingFields(fields, "max_tokens");
  const wanted = {
    count: fields.integer("n") ?? 1,
    stream: fields.boolean("stream") ?? false,
    includeUsage: fields.object("stream_options")?.["include_usage"] === true,
    logprobs: fields.integer("logprobs"),
    promptLogprobs: fields.integer("prompt_logprobs"),
    returnTokenIds: fields.boolean("return_token_ids") ?? false,
    tokensAsIds: fields.boolean("return_tokens_as_token_ids") ?? false,
    echo: fields.boolean("echo") ?? false,
  };
  fields.check();
  checkModel(replica, model);
  checkLogprobs(wanted.logprobs);
  checkCount(wanted.count);
  const { maxModelLength } = replica.settings;
  checkSampling(sampling, maxModelLength);
  const calls = promptsOf(body["prompt"]).map(({ tokens, exact }): Call => {
    const asked = sampling.maxTokens ?? DEFAULT_MAX_TOKENS;
    const maxTokens = outputRoom(tokens.length, asked, maxModelLength, exact);
    return plainCall("completions", body, tokens, { ...sampling, maxTokens });
  });
  return { calls, ...wanted };
}

/** A call of a bare prompt. */
export function plainCall(
  api: "completions" | "generate",
  body: JsonObject,
  prompt: readonly number[],
  sampling: Call["sampling"],
): Call {
  return { api, body, messages: [], tools: [], toolChoice: "none", thinking: false, prompt, sampling };
}

/** Token ids of a request; throws a 400 when one is not of the vocabulary. */
export function checkTokens(tokens: readonly unknown[]): number[] {
  return tokens.map((token) => {
    if (typeof token === "number" && Number.isInteger(token) && token >= 0 && token < VOCABULARY_SIZE) return token;
    throw new HttpError(400, `Token id ${String(token)} is out of vocabulary`);
  });
}

interface Prompt {
  readonly tokens: number[];
  /** It came as tokens. */
  readonly exact: boolean;
}

/** A text, texts, ids, or lists of ids. */
function promptsOf(prompt: unknown): Prompt[] {
  if (typeof prompt === "string") return [{ tokens: encode(prompt), exact: false }];
  if (Array.isArray(prompt) && prompt.length > 0) {
    const list: unknown[] = prompt;
    if (list.every((item) => typeof item === "number")) return [{ tokens: checkTokens(list), exact: true }];
    return list.flatMap(promptsOf);
  }
  throw invalidShape([
    { type: "string_type", loc: "body.prompt", msg: "Input should be a valid string", input: prompt },
  ]);
}
