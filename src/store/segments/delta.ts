/** A stretch of a part that stands in an earlier part, too. */
export interface Copy {
  /** Where it starts in the part. */
  readonly at: number;
  /** Where it starts in the earlier part. */
  readonly from: number;
  readonly length: number;
}

/** Shorter ones cost about what they save: each is 12 bytes, and gzip sees what is near. */
const MIN_COPY = 64;
/** What is looked for elsewhere than at the beginning or the end. */
const PROBE = 48;
const PROBES = 16;
const MIN_STRIDE = 512;

/**
 * What `part` repeats of `base`: their common beginning, their common end, and long stretches that lie between at other places, as
 * the token ids of a prompt that grows from turn to turn. In order, without overlap in `part`. A few passes over the bytes at the
 * speed of memcmp: at most `PROBES` searches, so that a part without anything in common is soon given up.
 */
export function findCopies(base: Buffer, part: Buffer): Copy[] {
  const prefix = atLeast(MIN_COPY, commonPrefix(base, part));
  const suffix = atLeast(MIN_COPY, commonSuffix(base.subarray(prefix), part.subarray(prefix)));
  const end = part.length - suffix;
  const copies = middleCopies(base.subarray(prefix, base.length - suffix), part.subarray(prefix, end)).map(
    ({ at, from, length }) => ({ at: at + prefix, from: from + prefix, length }),
  );
  if (prefix > 0) copies.unshift({ at: 0, from: 0, length: prefix });
  if (suffix > 0) copies.push({ at: end, from: base.length - suffix, length: suffix });
  return copies;
}

function middleCopies(base: Buffer, part: Buffer): Copy[] {
  const copies: Copy[] = [];
  if (base.length < MIN_STRIDE || part.length < MIN_STRIDE) return copies;
  const stride = Math.max(MIN_STRIDE, Math.ceil(part.length / PROBES));
  let covered = 0;
  for (let at = 0, probes = 0; at + PROBE <= part.length && probes < PROBES; probes++) {
    const from = base.indexOf(part.subarray(at, at + PROBE));
    const copy = from < 0 ? null : widened(base, part, { at, from, covered });
    if (copy) {
      copies.push(copy);
      covered = copy.at + copy.length;
    }
    at = copy ? covered : at + stride;
  }
  return copies;
}

/** The longest stretch around a place at which both agree; null where it is short. */
function widened(base: Buffer, part: Buffer, place: { at: number; from: number; covered: number }): Copy | null {
  const { at, from, covered } = place;
  const before = commonSuffix(base.subarray(0, from), part.subarray(covered, at));
  const length = before + commonPrefix(base.subarray(from), part.subarray(at));
  return length < 2 * MIN_COPY ? null : { at: at - before, from: from - before, length };
}

const atLeast = (least: number, length: number): number => (length < least ? 0 : length);

/** Bytes at the beginning in which both agree. Steps double while they agree and are halved after, so that the work is native. */
export function commonPrefix(a: Buffer, b: Buffer): number {
  const end = Math.min(a.length, b.length);
  let known = 0;
  const agree = (step: number) => a.compare(b, known, known + step, known, known + step) === 0;
  let step = 64;
  for (; known + step <= end && agree(step); step *= 2) known += step;
  for (; step >= 1; step /= 2) if (known + step <= end && agree(step)) known += step;
  return known;
}

/** Bytes at the end in which both agree. */
function commonSuffix(a: Buffer, b: Buffer): number {
  const end = Math.min(a.length, b.length);
  let known = 0;
  const agree = (step: number) =>
    a.compare(b, b.length - known - step, b.length - known, a.length - known - step, a.length - known) === 0;
  let step = 64;
  for (; known + step <= end && agree(step); step *= 2) known += step;
  for (; step >= 1; step /= 2) if (known + step <= end && agree(step)) known += step;
  return known;
}
