import { isJsonObject } from "../../core/json/parse.ts";
import { isIds } from "../../core/tokens/token-lists.ts";
import type { TokenCapture } from "../port.ts";
import type { Fault } from "./fault.ts";

/** Token fields as an answer carries them; absent and null mean the same. */
export interface TokenFields {
  readonly prompt: unknown;
  readonly generation: unknown;
  readonly logProbs: unknown;
}

/**
 * Checks what an engine gave. Ids are never invented: what is absent is null, and log-probs without ids are left
 * out, because nothing says what they belong to. Throws `model_bad_response` for anything that is not a list of
 * ids or finite numbers, and for lengths that disagree.
 */
export function captureTokens(fields: TokenFields, fault: Fault): TokenCapture {
  const promptTokenIds = ids(fields.prompt, "prompt_token_ids", fault);
  const generationTokenIds = ids(fields.generation, "generation token ids", fault);
  const logProbs = numbers(fields.logProbs, fault);
  if (generationTokenIds !== null && logProbs !== null && generationTokenIds.length !== logProbs.length) {
    const lengths = `${generationTokenIds.length} generated tokens but ${logProbs.length} log-probs`;
    throw fault("model_bad_response", lengths);
  }
  return { promptTokenIds, generationTokenIds, generationLogProbs: generationTokenIds === null ? null : logProbs };
}

/** Log-probs and, where tokens are written as `token_id:N`, ids of a Chat choice's `logprobs`. */
export function readLogprobs(logprobs: unknown): { readonly ids: unknown; readonly logProbs: unknown } {
  const content = isJsonObject(logprobs) ? logprobs["content"] : null;
  if (!Array.isArray(content)) return { ids: null, logProbs: null };
  const entries: unknown[] = content;
  const logProbs = entries.map((entry) => (isJsonObject(entry) ? entry["logprob"] : entry));
  const written = entries.map((entry) => (isJsonObject(entry) ? tokenId(entry["token"]) : null));
  return { ids: written.includes(null) ? null : written, logProbs };
}

function tokenId(token: unknown): number | null {
  const digits = typeof token === "string" ? /^token_id:(\d+)$/.exec(token)?.[1] : undefined;
  return digits === undefined ? null : Number(digits);
}

function ids(value: unknown, name: string, fault: Fault): readonly number[] | null {
  if (value === null || value === undefined) return null;
  if (isIds(value)) return value;
  throw fault("model_bad_response", `${name} is not a list of token ids`);
}

function numbers(value: unknown, fault: Fault): number[] | null {
  if (value === null || value === undefined) return null;
  const isFinite = (number: unknown): number is number => Number.isFinite(number);
  if (Array.isArray(value) && value.every(isFinite)) return value;
  throw fault("model_bad_response", "the log-probs are not a list of finite numbers");
}
