import type { BranchLog } from "./branch-log.ts";
import { joinedCalls, type LoggedCall, type LoggedCalls, type VersionSpan } from "./logged-call.ts";
import type { PrefixBreak } from "./prefix-break.ts";

export type { VersionSpan } from "./logged-call.ts";

/** Generated tokens `start` (inclusive) to `end` (exclusive) of a sample's response. */
export interface SampleSpan extends VersionSpan {
  readonly call: string;
}

/** One branch of a trajectory, as one sequence. Lists of the response have one entry for each of its tokens. */
export interface TokenSample {
  readonly calls: readonly string[];
  /** The last break on its way: why it did not continue the call that its conversation followed. Null for none. */
  readonly broken: PrefixBreak | null;
  readonly promptIds: number[];
  readonly responseIds: number[];
  /** 1 for tokens to train on; 0 for what the environment said and for what an earlier sample already holds. */
  readonly lossMask: (0 | 1)[];
  /** 0 where the model sampled nothing. */
  readonly logProbs: number[];
  readonly spans: SampleSpan[];
  readonly finishReason: string | null;
  /** Another call with the very same prompt was continued in place of this one, from which nothing followed. */
  readonly superseded: boolean;
}

/** A branch by its last call. */
interface Leaf {
  readonly call: LoggedCall;
  readonly superseded: boolean;
}

/**
 * The samples of a trajectory, one for each branch: from a call whose prompt continues nothing to one that nothing continues.
 * Each generated token is trained on in exactly one of them, the one whose last call came first.
 *
 * To plan them takes time by the number of calls; each is made when it is asked for.
 */
export class TokenSamples {
  readonly #log: BranchLog;
  readonly #byId: ReadonlyMap<string, LoggedCall>;
  readonly #leaves: readonly Leaf[];
  /** For each call the leaf of the sample that trains on it. */
  readonly #owners: ReadonlyMap<string, LoggedCall>;

  constructor({ calls, log }: LoggedCalls) {
    const usable = joinedCalls(calls, ({ arrived, problem }) => arrived && problem === null);
    this.#log = log;
    this.#byId = new Map(usable.map((call) => [call.id, call]));
    this.#leaves = leavesOf(usable, log);
    this.#owners = ownersOf(this.#leaves, this.#byId);
  }

  get count(): number {
    return this.#leaves.length;
  }

  /** Tokens of one sample; 0 beyond the last. */
  lengthOf(index: number): number {
    const leaf = this.#leaves[index];
    return leaf ? this.#log.lengthsOf(leaf.call.id).whole : 0;
  }

  /** Null beyond the last. */
  at(index: number): TokenSample | null {
    const leaf = this.#leaves[index];
    return leaf ? this.#joined(leaf) : null;
  }

  #joined({ call: last, superseded }: Leaf): TokenSample {
    const path = pathTo(last, this.#byId);
    const whole = this.#log.sequenceOf(last.id);
    const begin = this.#log.lengthsOf((path[0] ?? last).id).prompt;
    const length = whole.length - begin;
    const sample: TokenSample = {
      calls: path.map(({ id }) => id),
      broken: path.findLast(({ broken }) => broken !== null)?.broken ?? null,
      promptIds: Array.from(whole.subarray(0, begin)),
      responseIds: Array.from(whole.subarray(begin)),
      lossMask: Array.from({ length }, () => 0),
      logProbs: Array.from({ length }, () => 0),
      spans: [],
      finishReason: last.finishReason,
      superseded,
    };
    for (const call of path) {
      const start = this.#log.lengthsOf(call.id).prompt - begin;
      const mask = call.trainable && this.#owners.get(call.id) === last ? 1 : 0;
      for (let at = 0; at < call.logProbs.length; at++) {
        sample.lossMask[start + at] = mask;
        sample.logProbs[start + at] = call.logProbs[at] ?? 0;
      }
      for (const span of call.weightVersions)
        sample.spans.push({ ...span, call: call.id, start: start + span.start, end: start + span.end });
    }
    return sample;
  }
}

function leavesOf(calls: readonly LoggedCall[], log: BranchLog): Leaf[] {
  const continued = new Set(calls.map(({ parent }) => parent));
  const prompt = ({ id, parent }: LoggedCall) => `${parent} ${log.promptKey(id)}`;
  const wentOn = new Set(calls.filter(({ id }) => continued.has(id)).map(prompt));
  return calls.filter(({ id }) => !continued.has(id)).map((call) => ({ call, superseded: wentOn.has(prompt(call)) }));
}

/** What an earlier leaf trains on is on the way to it, and so is all that comes before: each call is visited once. */
function ownersOf(leaves: readonly Leaf[], byId: ReadonlyMap<string, LoggedCall>): Map<string, LoggedCall> {
  const owners = new Map<string, LoggedCall>();
  for (const { call: leaf, superseded } of leaves) {
    if (superseded) continue;
    for (let at: LoggedCall | undefined = leaf; at && !owners.has(at.id); at = parentOf(at, byId))
      owners.set(at.id, leaf);
  }
  return owners;
}

function pathTo(leaf: LoggedCall, byId: ReadonlyMap<string, LoggedCall>): LoggedCall[] {
  const path: LoggedCall[] = [];
  for (let at: LoggedCall | undefined = leaf; at; at = parentOf(at, byId)) path.push(at);
  return path.reverse();
}

function parentOf({ parent }: LoggedCall, byId: ReadonlyMap<string, LoggedCall>): LoggedCall | undefined {
  return parent === null ? undefined : byId.get(parent);
}
