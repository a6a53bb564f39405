import type { JsonObject } from "../../../core/json/parse.ts";
import type { Generation } from "../replica/generation.ts";
import type { Replica } from "../replica/replica.ts";

export interface TokenCounts {
  readonly prompt: number;
  readonly completion: number;
  readonly cached: number;
  /** Prompt tokens that the call added to the prefix cache: those in full blocks. */
  readonly created: number;
}

/** Tokens of a call. Choices of one prompt count it once. */
export function countTokens(replica: Replica, generations: readonly Generation[], perPrompt: number): TokenCounts {
  const firsts = generations.filter((_, i) => i % perPrompt === 0);
  const sum = (list: readonly Generation[], of: (generation: Generation) => number) =>
    list.reduce((total, generation) => total + of(generation), 0);
  const { blockTokens } = replica.driver.engine.shape;
  const cached = sum(firsts, (generation) => generation.cachedTokens);
  const full = sum(firsts, ({ plan }) => plan.prompt.length - (plan.prompt.length % blockTokens));
  return {
    prompt: sum(firsts, ({ plan }) => plan.prompt.length),
    completion: sum(generations, ({ delivered }) => delivered),
    cached,
    created: Math.max(0, full - cached),
  };
}

/** `usage` of Chat Completions and Completions; the latter knows no reasoning (null) and no created tokens. */
export function usageBody(replica: Replica, counts: TokenCounts, reasoning: number | null): JsonObject {
  const { prompt, completion, cached, created } = counts;
  const details = {
    cached_tokens: cached,
    created_cache_tokens: reasoning === null ? null : created,
    multimodal_tokens: null,
  };
  return {
    prompt_tokens: prompt,
    total_tokens: prompt + completion,
    completion_tokens: completion,
    prompt_tokens_details: replica.settings.promptTokensDetails ? details : null,
    completion_tokens_details: reasoning === null ? null : { reasoning_tokens: reasoning },
  };
}

/** As a stream's last chunk has it: without nulls. */
export function streamUsage(usage: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(usage, (_, value: unknown) => (value === null ? undefined : value))) as JsonObject;
}
