import { expect, test } from "vitest";
import { tallyOf } from "../../core/tally.ts";
import { progressText } from "./progress-text.ts";

test.each([
  [{ queued: 8, running: 0, outcomes: {} }, null, 0, "0/8  scored 0"],
  [{ queued: 4, running: 2, outcomes: { scored: 6 } }, 0.5, 2_000, "6/12  scored 6  mean reward 0.5  3.0/s  ETA 2.0 s"],
  [
    { queued: 0, running: 3, outcomes: { scored: 1, truncated: 1, cancelled: 1 } },
    1,
    60_000,
    "3/6  scored 1  truncated 1  masked 1  mean reward 1  3.0/min  ETA 1 min 0 s",
  ],
  [
    { queued: 0, running: 0, outcomes: { scored: 2000 } },
    0,
    1_000,
    "2,000/2,000  scored 2,000  mean reward 0  2000.0/s",
  ],
])("%j", (counts, mean, elapsed, text) => {
  const tally = tallyOf(counts);
  expect(progressText({ ...tally, outcomes: { ...tally.outcomes } }, mean, elapsed)).toBe(text);
});
