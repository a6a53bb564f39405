import type { TokenUsage } from "../contract/responses.ts";
import { isJsonObject } from "../core/json/parse.ts";

/**
 * The sum of two usages, where a missing one is skipped. Details that one of them does not know are null, never
 * too small a number. Input counts the growing prompt at each turn, as Gym does.
 */
export function addUsage(sum: TokenUsage | null, usage: TokenUsage | null): TokenUsage | null {
  if (sum === null || usage === null) return sum ?? usage;
  const detail = (group: string, name: string) => ({ [name]: addDetail(sum[group], usage[group], name) });
  return {
    input_tokens: sum.input_tokens + usage.input_tokens,
    input_tokens_details: detail("input_tokens_details", "cached_tokens"),
    output_tokens: sum.output_tokens + usage.output_tokens,
    output_tokens_details: detail("output_tokens_details", "reasoning_tokens"),
    total_tokens: sum.total_tokens + usage.total_tokens,
  };
}

function addDetail(a: unknown, b: unknown, name: string): number | null {
  const [left, right] = [a, b].map((group) => (isJsonObject(group) ? group[name] : null));
  return typeof left === "number" && typeof right === "number" ? left + right : null;
}
