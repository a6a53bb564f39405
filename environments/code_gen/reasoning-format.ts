import type { VerifyInput } from "sandlot";

const TAGS = ["<think>", "</think>"];

/**
 * NeMo Gym's rule (code_gen): thinking tags in the final text, or more than one of either in the reasoning items,
 * break the format that trained reasoning keeps.
 */
export function breaksReasoningFormat(response: VerifyInput<unknown, unknown>["response"], answer: string): boolean {
  if (TAGS.some((tag) => answer.includes(tag))) return true;
  const reasoning = response.output
    .filter((item) => item.type === "reasoning")
    .map((item) => JSON.stringify(item["summary"] ?? ""));
  const text = reasoning.join("");
  return TAGS.some((tag) => text.split(tag).length > 2);
}
