import { gymLastBoxed, outputText, pythonStrip } from "sandlot";
import type { VerifyInput } from "sandlot";

type Output = VerifyInput<unknown, unknown>["response"]["output"];

/**
 * NeMo Gym's rule (math_with_code): the last box of the last assistant message that has one, else of the last tool output
 * that has one; what code has printed counts.
 */
export function boxedAnswer(output: Output): string | null {
  const latest = output.toReversed();
  for (const item of latest) {
    if (item.type !== "message" || (item["role"] ?? "assistant") !== "assistant") continue;
    const answer = boxed(outputText([item]));
    if (answer !== null) return answer;
  }
  for (const item of latest) {
    if (item.type !== "function_call_output" || typeof item["output"] !== "string") continue;
    const answer = boxed(printed(item["output"]));
    if (answer !== null) return answer;
  }
  return null;
}

function boxed(text: string): string | null {
  return pythonStrip(gymLastBoxed(text) ?? "") || null;
}

/** `stdout` of a tool's answer; all of it when it is no JSON object. */
function printed(output: string): string {
  let value: unknown;
  try {
    value = JSON.parse(output);
  } catch {
    return output;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return output;
  const { stdout = "" } = value as { stdout?: unknown };
  return typeof stdout === "string" ? stdout : "";
}
