import type { OutputItem } from "../../../src/contract/responses.ts";
import type { RecordedRun } from "./recorded-model.ts";

/** A policy that calls `execute_python` with each of the codes and then answers. */
export interface ToolPlayer {
  readonly name: string;
  readonly codes: readonly string[];
  /** What it puts into its box; the right answer is 42. */
  readonly answer: string;
}

export function runOf({ name, codes, answer }: ToolPlayer): RecordedRun {
  const tool = { type: "function", name: "execute_python", parameters: { type: "object", properties: {} } };
  const value = { responses_create_params: { input: name, tools: [tool] }, expected_result: "42" };
  const calls = codes.flatMap((code, index): OutputItem[] => {
    const call_id = `call_${index}`;
    const call = { type: "function_call", name: "execute_python", call_id, arguments: JSON.stringify({ code }) };
    return [call, { type: "function_call_output", call_id, output: "" }];
  });
  const content = [{ type: "output_text", text: `\\boxed{${answer}}`, annotations: [] }];
  return { row: { raw: "", value }, output: [...calls, { type: "message", role: "assistant", content }] };
}

/** Its second call needs the names of its first, and takes a while. */
export function honestPlayer(number: number): ToolPlayer {
  return { name: `honest ${number}`, codes: ["x = 41", "import time\ntime.sleep(1)\nx + 1"], answer: "42" };
}

export const attacker = (name: string, attack: string): ToolPlayer => ({
  name,
  codes: ["x = 41", attack],
  answer: "0",
});
