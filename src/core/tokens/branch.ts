/** Token ids that follow each other without parting, from where they part from the branch before. */
export interface Branch {
  /** Null for the first. */
  readonly before: Branch | null;
  /** Branches on the way to it. */
  readonly level: number;
  /** Its own tokens come after so many of the branches before. */
  readonly from: number;
  /** Its own tokens, and room for more. */
  ids: Int32Array;
  /** How many of these are its own. */
  length: number;
  /** Where other branches part from it: by depth, then by their first token. */
  forks: Map<number, Map<number, Branch>> | null;
  /** Sequences that end on it, by depth; of equals in the order they were added. */
  readonly ends: { readonly call: string; readonly depth: number }[];
}

/** A place `depth` tokens from the beginning, on the way to a branch's end. */
export interface Place {
  readonly branch: Branch;
  readonly depth: number;
}

/** Estimate, from measured heaps: objects, maps and array headers. */
export const BRANCH_BYTES = 600;
const ID_BYTES = 4;

export function firstBranch(): Branch {
  return { before: null, level: 0, from: 0, ids: new Int32Array(0), length: 0, forks: null, ends: [] };
}

/** How far `ids`, from `start` on, go along with what is known behind a place. */
export function follow(place: Place, ids: ArrayLike<number>, start = 0): Place {
  let { branch, depth } = place;
  for (let at = start; ;) {
    const known = branch.ids.subarray(depth - branch.from, branch.length);
    const common = commonLength(known, ids, at);
    at += common;
    depth += common;
    const fork = at < ids.length ? branch.forks?.get(depth)?.get(ids[at] ?? 0) : undefined;
    if (!fork) return { branch, depth };
    branch = fork;
  }
}

/** How long `known` is what `ids` hold from `start` on. The hottest loop of a call: it runs over its whole prompt. */
function commonLength(known: Int32Array, ids: ArrayLike<number>, start: number): number {
  const most = Math.min(known.length, ids.length - start);
  let at = 0;
  while (at < most && known[at] === ids[start + at]) at++;
  return at;
}

/** Bytes more that `extend` takes for so many ids. */
export function bytesToExtend({ branch, depth }: Place, count: number): number {
  if (count === 0) return 0;
  if (depth < endOf(branch)) return BRANCH_BYTES + ID_BYTES * count;
  return ID_BYTES * (capacity(branch, branch.length + count) - branch.ids.length);
}

/** Puts what `ids` hold from `start` on behind a place, where they part from what is known. */
export function extend({ branch, depth }: Place, ids: ArrayLike<number>, start: number): Place {
  if (start === ids.length) return { branch, depth };
  const target = depth === endOf(branch) ? branch : fork(branch, depth, ids[start] ?? 0);
  const length = target.length + ids.length - start;
  if (length > target.ids.length) {
    const grown = new Int32Array(capacity(target, length));
    grown.set(target.ids.subarray(0, target.length));
    target.ids = grown;
  }
  const own = target.ids;
  for (let to = target.length, at = start; at < ids.length;) own[to++] = ids[at++] ?? 0;
  target.length = length;
  return { branch: target, depth: endOf(target) };
}

/** How many tokens two places have in common from the beginning. */
export function commonDepth(one: Place, other: Place): number {
  let [a, b] = [one, other];
  while (a.branch !== b.branch) {
    if (a.branch.level < b.branch.level) [a, b] = [b, a];
    if (!a.branch.before) return 0;
    a = { branch: a.branch.before, depth: a.branch.from };
  }
  return Math.min(a.depth, b.depth);
}

/** The tokens up to a place, from `start` on; they are not to be written to, and copied only where branches part on the way. */
export function idsTo({ branch, depth }: Place, start: number): Int32Array {
  if (start >= branch.from) return branch.ids.subarray(start - branch.from, depth - branch.from);
  const ids = new Int32Array(depth - start);
  let end = depth;
  for (let at: Branch | null = branch; at && end > start; at = at.before) {
    const from = Math.max(start, at.from);
    ids.set(at.ids.subarray(from - at.from, end - at.from), from - start);
    end = from;
  }
  return ids;
}

/** The call with the longest sequence on the way to a place; of equals the latest. */
export function lastEnd({ branch, depth }: Place): string | null {
  let limit = depth;
  for (let at: Branch | null = branch; at; at = at.before) {
    const found = at.ends[endsUpTo(at, limit) - 1];
    if (found) return found.call;
    limit = at.from;
  }
  return null;
}

export function addEnd({ branch, depth }: Place, call: string): void {
  branch.ends.splice(endsUpTo(branch, depth), 0, { call, depth });
}

/** How many sequences end up to a depth. */
function endsUpTo({ ends }: Branch, depth: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle]?.depth ?? 0) <= depth) low = middle + 1;
    else high = middle;
  }
  return low;
}

function endOf({ from, length }: Branch): number {
  return from + length;
}

/** Rooms grow by a quarter: turn after turn costs what it brings, and little is held in advance. */
function capacity({ ids }: Branch, length: number): number {
  return length <= ids.length ? ids.length : Math.max(length, Math.ceil(1.25 * ids.length));
}

function fork(branch: Branch, depth: number, first: number): Branch {
  const made: Branch = { ...firstBranch(), before: branch, level: branch.level + 1, from: depth };
  branch.forks ??= new Map();
  const there = branch.forks.get(depth) ?? new Map<number, Branch>();
  branch.forks.set(depth, there.set(first, made));
  return made;
}
