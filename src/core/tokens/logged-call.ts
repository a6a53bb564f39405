import type { BranchLog } from "./branch-log.ts";
import type { PrefixBreak } from "./prefix-break.ts";

/** Tokens `start` (inclusive) to `end` (exclusive) of a generation, and the weights they were sampled from. */
export interface VersionSpan {
  readonly version: string | null;
  /** Where weights changed at a token that nobody knows: the versions that sampled its first and its last; `version` is null. */
  readonly between?: readonly [string | null, string | null] | undefined;
  readonly start: number;
  readonly end: number;
}

/** Spans as the engine tells them; where it does not, the whole generation is of one version. */
export function spansOf(
  told: readonly VersionSpan[],
  version: string | null,
  generation: ArrayLike<number> | null,
): readonly VersionSpan[] {
  return told.length > 0 ? told : [{ version, start: 0, end: generation?.length ?? 0 }];
}

/** A model call as it goes into samples; its ids are in a log, unless there were none. */
export interface LoggedCall {
  readonly id: string;
  /** The call that its prompt continues token by token; null for the first of a branch. */
  readonly parent: string | null;
  readonly broken: PrefixBreak | null;
  /** False for one that was refused or whose answer did not arrive: it is left out, and others are joined past it. */
  readonly arrived: boolean;
  /** Whether the policy under training made it. */
  readonly trainable: boolean;
  /** One for each token of the generation. */
  readonly logProbs: ArrayLike<number>;
  readonly weightVersions: readonly VersionSpan[];
  readonly finishReason: string | null;
  /** What keeps it from being trained on. */
  readonly problem: string | null;
}

/** The calls of one trajectory, in the order of their answers, and the tokens of those that have any. */
export interface LoggedCalls {
  readonly calls: readonly LoggedCall[];
  readonly log: BranchLog;
}

/**
 * The calls that `mayJoin`, each with the nearest of them that it continues. The tokens of what stands between stay in the
 * prompts that follow, and so does the reason why it began a branch.
 */
export function joinedCalls(
  calls: readonly LoggedCall[],
  mayJoin: (call: LoggedCall) => boolean,
): readonly LoggedCall[] {
  /** For calls that may not: what those that continue them are joined to. */
  const instead = new Map<string, Pick<LoggedCall, "parent" | "broken">>();
  const joined: LoggedCall[] = [];
  for (const call of calls) {
    const past = call.parent === null ? undefined : instead.get(call.parent);
    const place = past ? { parent: past.parent, broken: call.broken ?? past.broken } : call;
    if (mayJoin(call)) joined.push(past ? { ...call, ...place } : call);
    else instead.set(call.id, place);
  }
  return joined;
}
