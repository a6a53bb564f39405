import { BranchLog } from "./branch-log.ts";
import { joinedCalls, type LoggedCalls } from "./logged-call.ts";
import { loggedCall, type TokenLists } from "./token-lists.ts";

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

/** Whether calls join into one sequence of tokens. Turns count from 1. Takes time by the number of calls, not of tokens. */
export function contiguityOf({ calls, log }: LoggedCalls): ContiguityReport {
  const breaks: { call: string; turn: number; position: number }[] = [];
  const problems: { call: string; turn: number; problem: string }[] = [];
  let previous: string | null = null;
  let turn = 0;
  for (const { id, problem, arrived } of calls) {
    if (!arrived) continue;
    turn++;
    if (problem !== null) problems.push({ call: id, turn, problem });
    if (!log.has(id)) continue;
    const position = previous === null ? null : log.firstDifference(previous, id);
    if (position !== null) breaks.push({ call: id, turn, position });
    previous = id;
  }
  const joined = joinedCalls(calls, ({ id, arrived }) => arrived && log.has(id));
  const continued = new Set(joined.flatMap(({ parent }) => parent ?? []));
  const branches = joined.length - continued.size;
  return { calls: turn, branches, breaks, problems, contiguous: branches === 1 && problems.length === 0 };
}

/** The same of calls as somebody wrote them down, in the order they were made. */
export function checkContiguity(checked: readonly TokenLists[]): ContiguityReport {
  const none = { broken: null, arrived: true, trainable: true, weightVersions: [], finishReason: null };
  const log = new BranchLog();
  const calls = checked.map((call) => ({ ...none, ...loggedCall(log, call) }));
  return contiguityOf({ calls, log });
}
