import {
  addEnd,
  type Branch,
  BRANCH_BYTES,
  bytesToExtend,
  commonDepth,
  extend,
  firstBranch,
  follow,
  idsTo,
  lastEnd,
  type Place,
} from "./branch.ts";

/** Token ids of one model call, as the engine gave them. */
export interface CallTokens {
  readonly id: string;
  readonly prompt: ArrayLike<number>;
  readonly generation: ArrayLike<number>;
}

/** Estimate: the entries by which a call is found. */
const CALL_BYTES = 400;

interface Known {
  /** Where its prompt ends, and where its generation does. */
  readonly prompt: Place;
  readonly end: Place;
}

/**
 * The token sequences of one rollout's calls. A call continues an earlier one when its prompt starts with that one's
 * prompt and generation. What sequences begin with in common is held once, so that a rollout of many turns takes the memory
 * of its longest, and one of many branches that of what they say of their own.
 *
 * Ids are 32-bit: 0 to 2,147,483,647.
 */
export class BranchLog {
  readonly #first: Branch = firstBranch();
  readonly #calls = new Map<string, Known>();
  readonly #numbers = new Map<Branch, number>();
  #bytes = BRANCH_BYTES;

  /** Memory that it takes, estimated; exact for the ids. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Remembers a call. Answers what it continues: the call with the longest sequence that its prompt starts with; of equals the latest. */
  add({ id, prompt, generation }: CallTokens): string | null {
    const begin = { branch: this.#first, depth: 0 };
    const promptEnd = this.#put(begin, prompt);
    const parent = lastEnd(promptEnd);
    const end = this.#put(promptEnd, generation);
    addEnd(end, id);
    this.#calls.set(id, { prompt: promptEnd, end });
    this.#bytes += CALL_BYTES;
    return parent;
  }

  has(call: string): boolean {
    return this.#calls.has(call);
  }

  /**
   * Where the prompt of `next` stops continuing the call: an index into its tokens, its length when it ends too early. Null when
   * it continues the call. Throws a RangeError for an unknown one.
   */
  firstDifference(call: string, next: string): number | null {
    const { end } = this.#find(call);
    const common = commonDepth(end, this.#find(next).prompt);
    return common === end.depth ? null : common;
  }

  /** Tokens of the call's prompt and generation, from `start`; not to be written to. Throws a RangeError for an unknown call. */
  sequenceOf(call: string, start = 0): Int32Array {
    return idsTo(this.#find(call).end, start);
  }

  /** How many tokens of the call's sequence are its prompt, and how many there are. Throws a RangeError for an unknown call. */
  lengthsOf(call: string): { readonly prompt: number; readonly whole: number } {
    const { prompt, end } = this.#find(call);
    return { prompt: prompt.depth, whole: end.depth };
  }

  /** Equal for calls with the very same prompt. Throws a RangeError for an unknown call. */
  promptKey(call: string): string {
    const { branch, depth } = this.#find(call).prompt;
    const number = this.#numbers.get(branch) ?? this.#numbers.size;
    this.#numbers.set(branch, number);
    return `${number}:${depth}`;
  }

  #put(place: Place, ids: ArrayLike<number>): Place {
    const known = follow(place, ids);
    const from = known.depth - place.depth;
    this.#bytes += bytesToExtend(known, ids.length - from);
    return extend(known, ids, from);
  }

  #find(call: string): Known {
    const known = this.#calls.get(call);
    if (!known) throw new RangeError(`no call ${call}`);
    return known;
  }
}
