import { z } from "zod";
import type { TokenUsage } from "../../../contract/responses.ts";

/** The usage of a Chat completion; servers differ in which details they know. */
export const ChatUsage = z.looseObject({
  prompt_tokens: z.number(),
  completion_tokens: z.number().nullish(),
  total_tokens: z.number().nullish(),
  prompt_tokens_details: z.looseObject({ cached_tokens: z.number().nullish() }).nullish(),
  completion_tokens_details: z.looseObject({ reasoning_tokens: z.number().nullish() }).nullish(),
});

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
