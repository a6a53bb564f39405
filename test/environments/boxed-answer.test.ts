import { expect, it } from "vitest";
import { boxedAnswer } from "../../environments/math_with_code/boxed-answer.ts";

const said = (text: string, role?: string) => ({
  type: "message",
  ...(role ? { role } : {}),
  content: [{ type: "output_text", text }],
});
const printed = (output: unknown) => ({ type: "function_call_output", call_id: "1", output });

it.each([
  ["the last message that has a box", [said("\\boxed{1}"), said("\\boxed{2}"), said("done")], "2"],
  ["a message before any tool output", [said("\\boxed{1}"), printed('{"stdout": "\\\\boxed{2}"}')], "1"],
  ["what code has printed", [printed('{"stdout": "\\\\boxed{2}\\n"}'), said("see above")], "2"],
  ["tool output that is no JSON", [printed("\\boxed{3}")], "3"],
  ["tool output that is no object", [printed('"\\\\boxed{4"'), printed("\\boxed{5} [1]")], "5"],
  ["the latest tool output", [printed('{"stdout": "\\\\boxed{2}"}'), printed('{"stdout": "\\\\boxed{3}"}')], "3"],
])("reads %s", (_what, output, answer) => expect(boxedAnswer(output)).toBe(answer));

it.each([
  ["an unclosed box", [said("\\boxed{1")]],
  ["what the user says", [said("\\boxed{1}", "user")]],
  ["standard error", [printed('{"stderr": "\\\\boxed{2}", "stdout": ""}')]],
  ["output that is not text", [printed([{ text: "\\boxed{1}" }]), printed('{"stdout": ["\\\\boxed{1}"]}')]],
])("finds nothing in %s", (_what, output) => expect(boxedAnswer(output)).toBeNull());
