import { BranchLog, type CallTokens } from "./branch-log.ts";

/** A call to check; ids that the engine did not give are null. */
export interface CheckedCall {
  readonly id: string;
  readonly prompt: readonly number[] | null;
  readonly generation: readonly number[] | null;
  readonly logProbs: readonly number[] | null;
}

export interface ContiguityReport {
  readonly calls: number;
  /** Sequences that the calls make; one when every prompt continues what came before. */
  readonly branches: number;
  /** Calls, in order, whose prompt does not continue the call before, with the first token that differs from it. */
  readonly breaks: readonly { readonly call: string; readonly turn: number; readonly position: number }[];
  /** What keeps a call from being trained on. */
  readonly problems: readonly { readonly call: string; readonly turn: number; readonly problem: string }[];
  /** One branch, and no problem. */
  readonly contiguous: boolean;
}

/** Checks whether calls, in the order they were made, join into one sequence of tokens. Turns count from 1. */
export function checkContiguity(calls: readonly CheckedCall[]): ContiguityReport {
  const log = new BranchLog();
  const breaks: { call: string; turn: number; position: number }[] = [];
  const problems: { call: string; turn: number; problem: string }[] = [];
  let previous: string | null = null;
  let continuing = 0;
  const parents = new Set<string>();
  for (const [index, call] of calls.entries()) {
    const turn = index + 1;
    const problem = problemOf(call);
    if (problem !== null) problems.push({ call: call.id, turn, problem });
    const tokens = tokensOf(call);
    if (!tokens) continue;
    const parent = log.parentOf(tokens.prompt);
    const position = previous === null ? null : log.firstDifference(previous, tokens.prompt);
    if (position !== null) breaks.push({ call: call.id, turn, position });
    if (parent !== null && !parents.has(parent)) continuing++;
    if (parent !== null) parents.add(parent);
    log.add(tokens, parent);
    previous = call.id;
  }
  const known = calls.filter((call) => tokensOf(call)).length;
  const branches = known - continuing;
  return { calls: calls.length, branches, breaks, problems, contiguous: branches === 1 && problems.length === 0 };
}

function tokensOf({ id, prompt, generation }: CheckedCall): CallTokens | null {
  return prompt && generation ? { id, prompt, generation } : null;
}

function problemOf({ prompt, generation, logProbs }: CheckedCall): string | null {
  if (!prompt) return "no ids of its prompt";
  if (!generation) return "no ids of its generation";
  if (!logProbs) return "no log-probs";
  if (logProbs.length !== generation.length) return `${generation.length} tokens, ${logProbs.length} log-probs`;
  if (!logProbs.every((value) => Number.isFinite(value))) return "log-probs that are no numbers";
  if (![...prompt, ...generation].every((id) => Number.isSafeInteger(id) && id >= 0))
    return "ids that are no token ids";
  return null;
}
