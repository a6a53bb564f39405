import { z } from "zod";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { parseJson } from "../../core/json/parse.ts";
import { checkContiguity } from "../../core/tokens/contiguity.ts";
import type { ContiguityCheck, Found } from "./found.ts";

/** A rollout as NeMo Gym writes it: the last item of each model call carries the tokens of the whole call. */
const GymRollout = z.looseObject({ response: z.looseObject({ output: z.array(z.looseObject({})) }) });

const Tokens = z.looseObject({
  prompt_token_ids: z.array(z.number()).nullish(),
  generation_token_ids: z.array(z.number()).nullish(),
  generation_log_probs: z.array(z.number()).nullish(),
});

/** Checks a file of NeMo Gym's rollouts, one JSON object a line. Throws `invalid_row` for a line that is none. */
export function checkGymLines(text: string): ContiguityCheck {
  const found: Found[] = [];
  let rollouts = 0;
  let contiguous = 0;
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    rollouts++;
    const report = checkContiguity(callsOf(line, index + 1));
    const where = `line ${index + 1}`;
    if (report.calls === 0) found.push({ where, turn: null, reason: "no item carries tokens" });
    for (const { turn, position } of report.breaks)
      found.push({ where, turn, reason: `broken prefix at token ${position}` });
    for (const { turn, problem } of report.problems) found.push({ where, turn, reason: problem });
    if (report.contiguous) contiguous++;
  }
  return { rollouts, contiguous, found };
}

function callsOf(line: string, number: number) {
  const parsed = GymRollout.safeParse(parseJson(line));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = { field: issue?.path.join(".") ?? "", problem: issue?.message ?? "is no rollout" };
    throw new SandlotError("invalid_row", { line: number, fields: [field] });
  }
  return parsed.data.response.output.flatMap((item, at) => {
    const tokens = Tokens.safeParse(item);
    if (!tokens.success || !tokens.data.prompt_token_ids) return [];
    return {
      id: `output[${at}]`,
      prompt: tokens.data.prompt_token_ids,
      generation: tokens.data.generation_token_ids ?? null,
      logProbs: tokens.data.generation_log_probs ?? null,
    };
  });
}
