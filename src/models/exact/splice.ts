/** Renderings of one conversation by an engine's chat template. */
export interface Renderings {
  /** The conversation up to and with the model's last answer, without a generation prompt. */
  readonly before: readonly number[];
  /** With what was said since, and a generation prompt. */
  readonly now: readonly number[];
}

/** Most tokens that a template puts between the end of an answer and the next turn. */
const MOST_AFTER_END = 4;

/**
 * The prompt that continues `ids`, what the engine was told and sampled, token by token: what the template renders after
 * the end of the last answer is put behind them. Null when the template renders the earlier conversation otherwise than
 * before, or when it is not to be seen where the last answer ends.
 */
export function splice(ids: ArrayLike<number>, { before, now }: Renderings): number[] | null {
  if (!continues(before, now)) return null;
  const end = ids[ids.length - 1];
  // What was sampled last ends the answer, as `<|im_end|>`; after it the template adds what it adds, as a line break.
  const answerEnd = end === undefined ? -1 : before.lastIndexOf(end);
  if (answerEnd < 0 || before.length - 1 - answerEnd > MOST_AFTER_END) return null;
  const prompt: number[] = [];
  for (let at = 0; at < ids.length; at++) prompt.push(ids[at] ?? 0);
  for (let at = answerEnd + 1; at < now.length; at++) prompt.push(now[at] ?? 0);
  return prompt;
}

/** Whether `prompt` starts with `ids`. */
export function continues(ids: ArrayLike<number>, prompt: readonly number[]): boolean {
  if (prompt.length < ids.length) return false;
  for (let at = 0; at < ids.length; at++) if (ids[at] !== prompt[at]) return false;
  return true;
}
