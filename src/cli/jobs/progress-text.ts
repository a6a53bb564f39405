import type { Job } from "../../contract/jobs.ts";
import { count, decimal, duration } from "../terminal/format.ts";

/** Seconds of a job that a rate needs to mean anything. */
const SETTLED_MS = 1_000;

/** One line about a job: done of requested, classes, mean reward, rate and time to go. */
export function progressText(tally: Job["tally"], meanReward: number | null, elapsedMs: number): string {
  const { requested, scored, truncated, masked } = tally;
  const done = scored + truncated + masked;
  const parts = [`${count(done)}/${count(requested)}`, `scored ${count(scored)}`];
  if (truncated > 0) parts.push(`truncated ${count(truncated)}`);
  if (masked > 0) parts.push(`masked ${count(masked)}`);
  if (meanReward !== null) parts.push(`mean reward ${decimal(meanReward)}`);
  if (done > 0 && elapsedMs >= SETTLED_MS) {
    const perSecond = (done * 1000) / elapsedMs;
    parts.push(perSecond >= 1 ? `${perSecond.toFixed(1)}/s` : `${(perSecond * 60).toFixed(1)}/min`);
    if (done < requested) parts.push(`ETA ${duration(Math.ceil((requested - done) / perSecond) * 1000)}`);
  }
  return parts.join("  ");
}
