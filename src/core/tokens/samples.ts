import type { PrefixBreak } from "./prefix-break.ts";

/** A model call as it goes into samples. */
export interface SampledCall {
  readonly id: string;
  /** The call that its prompt continues token by token; null for the first of a branch. */
  readonly parent: string | null;
  readonly broken: PrefixBreak | null;
  /** Whether the policy under training made it. */
  readonly trainable: boolean;
  readonly prompt: readonly number[];
  readonly generation: readonly number[];
  /** One for each token of the generation. */
  readonly logProbs: readonly number[];
  readonly weightVersions: readonly VersionSpan[];
  readonly finishReason: string | null;
}

/** Tokens `start` (inclusive) to `end` (exclusive) of a generation, and the weights they were sampled from. */
export interface VersionSpan {
  readonly version: string | null;
  /** Where weights changed at a token that nobody knows: the versions that sampled its first and its last; `version` is null. */
  readonly between?: readonly [string | null, string | null] | undefined;
  readonly start: number;
  readonly end: number;
}

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

/**
 * One sample for each branch: from a call whose prompt continues nothing to one that nothing continues. Each generated token
 * is trained on in exactly one of them, the one whose last call came first.
 */
export function samplesOf(calls: readonly SampledCall[]): TokenSample[] {
  const byId = new Map(calls.map((call) => [call.id, call]));
  const continued = new Set(calls.map(({ parent }) => parent));
  const claimed = new Set<string>();
  return calls
    .filter(({ id }) => !continued.has(id))
    .map((leaf) => {
      const path = pathTo(leaf, byId);
      const superseded = calls.some((other) => continued.has(other.id) && isTwin(other, leaf));
      const sample = joined(path, superseded ? new Set(path.map(({ id }) => id)) : claimed, superseded);
      if (!superseded) for (const { id } of path) claimed.add(id);
      return sample;
    });
}

function pathTo(leaf: SampledCall, byId: ReadonlyMap<string, SampledCall>): SampledCall[] {
  const path: SampledCall[] = [];
  for (let at: SampledCall | undefined = leaf; at; at = at.parent === null ? undefined : byId.get(at.parent))
    path.unshift(at);
  return path;
}

function isTwin(other: SampledCall, leaf: SampledCall): boolean {
  return other.parent === leaf.parent && sameIds(other.prompt, leaf.prompt);
}

function sameIds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, at) => id === b[at]);
}

function joined(path: readonly SampledCall[], claimed: ReadonlySet<string>, superseded: boolean): TokenSample {
  const [first] = path;
  const sample: TokenSample = {
    calls: path.map(({ id }) => id),
    broken: path.findLast(({ broken }) => broken !== null)?.broken ?? null,
    promptIds: [...(first?.prompt ?? [])],
    responseIds: [],
    lossMask: [],
    logProbs: [],
    spans: [],
    finishReason: path.at(-1)?.finishReason ?? null,
    superseded,
  };
  const put = (id: number, mask: 0 | 1, logProb: number) => {
    sample.responseIds.push(id);
    sample.lossMask.push(mask);
    sample.logProbs.push(logProb);
  };
  for (const call of path) {
    const from = sample.promptIds.length + sample.responseIds.length;
    for (const id of call.prompt.slice(from)) put(id, 0, 0);
    const start = sample.responseIds.length;
    const mask = call.trainable && !claimed.has(call.id) ? 1 : 0;
    for (const [at, id] of call.generation.entries()) put(id, mask, call.logProbs[at] ?? 0);
    for (const span of call.weightVersions)
      sample.spans.push({ ...span, call: call.id, start: start + span.start, end: start + span.end });
  }
  return sample;
}
