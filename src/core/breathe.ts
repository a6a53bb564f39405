/** Work of one iteration of the event loop that waits its turn here, milliseconds; what is beyond goes on in the next. */
const SLICE_MS = 5;
/** Turns that one iteration is prepared for. */
const TURNS = 32;

const waiting: (() => void)[] = [];
let isScheduled = false;
/** Turns that are still to come in this iteration. */
let turns = 0;
let sliceStartedAt = 0;

/**
 * Resolves when the event loop has time for a piece of work: at once where little was done in this iteration, else in one of the
 * next, in the order of asking. Thousands of answers may arrive together, and Node reads all of them before it looks at anything
 * else; so whoever goes on with one asks here first.
 */
export function breathe(): Promise<void> {
  if (!isScheduled) {
    isScheduled = true;
    sliceStartedAt = performance.now();
    setImmediate(nextIteration);
    return Promise.resolve();
  }
  if (waiting.length === 0 && performance.now() - sliceStartedAt < SLICE_MS) return Promise.resolve();
  return new Promise((resolve) => waiting.push(resolve));
}

function nextIteration(): void {
  if (waiting.length === 0) {
    isScheduled = false;
    return;
  }
  sliceStartedAt = performance.now();
  // Each turn is a callback of its own: what follows from it runs before the next.
  turns = Math.min(TURNS, waiting.length);
  for (let i = 0; i < turns; i++) setImmediate(turn);
}

function turn(): void {
  if (performance.now() - sliceStartedAt < SLICE_MS) waiting.shift()?.();
  if (--turns === 0) setImmediate(nextIteration);
}
