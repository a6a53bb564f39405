import type { BranchLog } from "./branch-log.ts";
import type { LoggedCall } from "./logged-call.ts";

/** All tokens of a call, as they were written down; what the engine did not give is null. */
export interface TokenLists {
  readonly id: string;
  readonly prompt: readonly number[] | null;
  readonly generation: readonly number[] | null;
  readonly logProbs: readonly number[] | null;
}

/** Puts a call's tokens into the log, as far as it has them: what it continues there, and what keeps it from being trained on. */
export function loggedCall(
  log: BranchLog,
  lists: TokenLists,
): Pick<LoggedCall, "id" | "parent" | "logProbs" | "problem"> {
  const { id, prompt, generation, logProbs } = lists;
  const areIds = isIds(prompt) && isIds(generation);
  const parent = prompt && generation && areIds ? log.add({ id, prompt, generation }) : null;
  const problem = tokenProblem(lists) ?? (areIds ? null : "ids that are no token ids");
  return { id, parent, logProbs: logProbs ?? [], problem };
}

/** What keeps a call from being trained on, if its ids are ids; null for nothing. */
export function tokenProblem({ prompt, generation, logProbs }: Omit<TokenLists, "id">): string | null {
  if (!prompt) return "no ids of its prompt";
  if (!generation) return "no ids of its generation";
  if (!logProbs) return "no log-probs";
  if (logProbs.length !== generation.length) return `${generation.length} tokens, ${logProbs.length} log-probs`;
  return logProbs.every((value) => Number.isFinite(value)) ? null : "log-probs that are no numbers";
}

/** Whether it is a list of nothing but token ids: whole numbers of 31 bits. */
export function isIds(value: unknown): value is readonly number[] {
  if (!Array.isArray(value)) return false;
  const ids: readonly unknown[] = value;
  for (const id of ids) if (typeof id !== "number" || (id | 0) !== id || id < 0) return false;
  return true;
}
