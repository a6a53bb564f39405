import { z } from "zod";
import { isJsonObject } from "../../../core/json/parse.ts";
import type { TokenUsage } from "../../../contract/responses.ts";

/** The usage of a Chat completion; servers differ in which details they know. */
export const ChatUsage = z.looseObject({
  prompt_tokens: z.number(),
  completion_tokens: z.number().nullish(),
  total_tokens: z.number().nullish(),
  prompt_tokens_details: z.looseObject({ cached_tokens: z.number().nullish() }).nullish(),
  completion_tokens_details: z.looseObject({ reasoning_tokens: z.number().nullish() }).nullish(),
});

/** A detail of a usage; null when nobody counted it. */
export function countIn(details: unknown, key: string): number | null {
  const count = isJsonObject(details) ? details[key] : null;
  return typeof count === "number" ? count : null;
}

/** The same counts in the words of the Responses API. A detail that nobody counted is null, never 0. */
export function tokenUsage(usage: z.infer<typeof ChatUsage> | null | undefined): TokenUsage | null {
  if (!usage) return null;
  const output = usage.completion_tokens ?? 0;
  return {
    input_tokens: usage.prompt_tokens,
    input_tokens_details: { cached_tokens: usage.prompt_tokens_details?.cached_tokens ?? null },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.completion_tokens_details?.reasoning_tokens ?? null },
    total_tokens: usage.total_tokens ?? usage.prompt_tokens + output,
  };
}

/** Counts of the Responses API in the words of Chat. */
export function completionUsage(usage: TokenUsage | null): z.infer<typeof ChatUsage> | null {
  if (!usage) return null;
  const { input_tokens, output_tokens, total_tokens } = usage;
  return {
    prompt_tokens: input_tokens,
    completion_tokens: output_tokens,
    total_tokens,
    prompt_tokens_details: { cached_tokens: countIn(usage["input_tokens_details"], "cached_tokens") },
    completion_tokens_details: { reasoning_tokens: countIn(usage["output_tokens_details"], "reasoning_tokens") },
  };
}
