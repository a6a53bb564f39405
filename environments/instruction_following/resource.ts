import { defineResource, judgedText, type ResponseObject } from "sandlot";
import type { CallContext, Verdict } from "sandlot";
import { INSTRUCTIONS } from "./checks/index.ts";
import { PatternOverrun } from "./checks/pattern.ts";
import { type GivenInstruction, InstructionRow } from "./row.ts";

export default defineResource({
  row: InstructionRow,

  async verify(ctx, { row, response }): Promise<Verdict> {
    const { instructions, gradingMode } = row;
    const text = lastText(response);
    const { followed, overrun } = await check(ctx, instructions, text);
    const broken = instructions.filter((_, i) => !followed[i]).map(({ id }) => id);
    const passed = broken.length === 0;
    const kept = instructions.length - broken.length;
    return judgedText({
      reward: gradingMode === "fraction" ? kept / instructions.length : Number(passed),
      passed,
      ...(overrun === null ? {} : { reason: "time_limit" }),
      message: overrun ?? (passed ? "every instruction followed" : `not followed: ${broken.join(", ")}`),
      answer: text,
      tests: instructions.length,
      metrics: { num_instructions: instructions.length, num_followed: kept },
      rewardComponents: Object.fromEntries(instructions.map(({ id }, i) => [`${i + 1} ${id}`, Number(followed[i])])),
    });
  },
});

/** Which of the instructions the text follows, and which pattern took too long on it. */
async function check(
  ctx: CallContext,
  instructions: readonly GivenInstruction[],
  text: string,
): Promise<{ followed: boolean[]; overrun: string | null }> {
  const followed: boolean[] = [];
  let overrun: string | null = null;
  for (const { id, kwargs } of instructions) {
    try {
      followed.push((await INSTRUCTIONS.get(id)?.follows(ctx, text, kwargs)) ?? false);
    } catch (error) {
      if (!(error instanceof PatternOverrun)) throw error;
      overrun = error.message;
      followed.push(false);
    }
  }
  return { followed, overrun };
}

/** NeMo Gym judges the first part of the last output item, when that is a message. */
function lastText(response: ResponseObject): string {
  const item = response.output.at(-1);
  if (item?.type !== "message") return "";
  const content = item["content"];
  if (typeof content === "string") return content;
  const part = Array.isArray(content) ? (content[0] as { text?: unknown } | undefined) : undefined;
  return typeof part?.text === "string" ? part.text : "";
}
