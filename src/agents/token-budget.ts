/** OpenAI refuses a smaller `max_output_tokens`; a budget may be overshot by less than this. */
const SMALLEST = 16;

/**
 * The request's parameters with `max_output_tokens` lowered to what is left of a budget of generated tokens.
 * Nothing changes without a budget, or when the row asks for less anyway.
 */
export function withinTokenBudget(
  params: ReadonlyMap<string, string>,
  budget: number | undefined,
  spent: number,
): ReadonlyMap<string, string> {
  if (budget === undefined) return params;
  const left = Math.max(SMALLEST, budget - spent);
  const asked = Number(params.get("max_output_tokens") ?? "null") || Infinity;
  return asked <= left ? params : new Map(params).set("max_output_tokens", String(left));
}
