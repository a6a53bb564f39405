/** Token ids of one model call, as the engine gave them. */
export interface CallTokens {
  readonly id: string;
  readonly prompt: ArrayLike<number>;
  readonly generation: ArrayLike<number>;
}

interface Branch {
  ids: Int32Array;
  length: number;
  /** In the order of the calls: where each one's generation ends. */
  readonly ends: { readonly call: string; readonly end: number }[];
}

/**
 * The token sequences of one rollout's calls. A call continues an earlier one when its prompt starts with that one's
 * prompt and generation; what calls share is held once, so that a rollout of many turns takes the memory of its longest.
 */
export class BranchLog {
  readonly #branches: Branch[] = [];

  /** The call with the longest sequence that `prompt` starts with; of equals the latest. Null for none. */
  parentOf(prompt: ArrayLike<number>): string | null {
    let best: { call: string; end: number } | null = null;
    for (const branch of this.#branches) {
      const common = commonLength(branch, prompt);
      const last = branch.ends.findLast(({ end }) => end <= common);
      if (last && last.end >= (best?.end ?? 0)) best = last;
    }
    return best?.call ?? null;
  }

  /**
   * Where `prompt` stops continuing the call: an index into its tokens, its length when it ends too early. Null when it
   * continues the call, and when the call is not known.
   */
  firstDifference(call: string, prompt: ArrayLike<number>): number | null {
    for (const branch of this.#branches) {
      const end = branch.ends.find((one) => one.call === call)?.end;
      if (end === undefined) continue;
      const common = commonLength(branch, prompt, end);
      return common === end ? null : common;
    }
    return null;
  }

  /** Tokens of the call's prompt and generation, from `start`. Throws a RangeError for an unknown call. */
  sequenceOf(call: string, start = 0): Int32Array {
    const { branch, end } = this.#find(call);
    return branch.ids.slice(start, end);
  }

  /** Remembers a call. `parent` is what `parentOf` said of its prompt. */
  add({ id, prompt, generation }: CallTokens, parent: string | null): void {
    const branch = parent === null ? this.#start(prompt) : this.#continued(parent, prompt);
    append(branch, generation, 0);
    branch.ends.push({ call: id, end: branch.length });
  }

  #start(prompt: ArrayLike<number>): Branch {
    const branch: Branch = { ids: Int32Array.from(prompt), length: prompt.length, ends: [] };
    this.#branches.push(branch);
    return branch;
  }

  #continued(parent: string, prompt: ArrayLike<number>): Branch {
    const { branch, end } = this.#find(parent);
    if (branch.ends.at(-1)?.call === parent) {
      append(branch, prompt, end);
      return branch;
    }
    const ends = branch.ends.filter((one) => one.end <= end);
    const fork: Branch = { ids: branch.ids.slice(0, end), length: end, ends };
    append(fork, prompt, end);
    this.#branches.push(fork);
    return fork;
  }

  #find(call: string): { branch: Branch; end: number } {
    for (const branch of this.#branches) {
      const end = branch.ends.find((one) => one.call === call)?.end;
      if (end !== undefined) return { branch, end };
    }
    throw new RangeError(`no call ${call}`);
  }
}

/** How many tokens, of `limit` at most, the branch and `ids` begin with in common. */
function commonLength(branch: Branch, ids: ArrayLike<number>, limit = branch.length): number {
  const most = Math.min(limit, ids.length);
  let at = 0;
  while (at < most && branch.ids[at] === ids[at]) at++;
  return at;
}

/** Appends what `ids` holds from `from` on. */
function append(branch: Branch, ids: ArrayLike<number>, from: number): void {
  const length = branch.length + ids.length - from;
  if (length > branch.ids.length) {
    const grown = new Int32Array(Math.max(length, 2 * branch.ids.length));
    grown.set(branch.ids.subarray(0, branch.length));
    branch.ids = grown;
  }
  for (let at = from; at < ids.length; at++) branch.ids[branch.length++] = ids[at] ?? 0;
}
