import type { Job } from "../../contract/jobs.ts";
import { OUTCOMES } from "../../core/outcome.ts";
import { count, duration, plural, rewardText } from "../terminal/format.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";
import type { Screen } from "../terminal/screen.ts";

/** A job in a few lines: what it was, the count of every outcome, zeros too, and how they add up. */
export function jobSummary(screen: Screen, job: Job): string[] {
  const c = screen.colors;
  const { tally } = job;
  const open = tally.queued + tally.running;
  const sum = [
    `scored ${count(tally.scored)}`,
    `truncated ${count(tally.truncated)}`,
    `masked ${count(tally.masked)}`,
    ...(open > 0 ? [`queued ${count(tally.queued)}`, `running ${count(tally.running)}`] : []),
  ];
  const outcomes = OUTCOMES.map((outcome) => {
    const text = `${outcome} ${count(tally.outcomes[outcome])}`;
    return tally.outcomes[outcome] === 0 ? c.dim(text) : text;
  });
  return [
    `job          ${c.bold(job.id)}  ${stateText(screen, job)}${tookText(job)}`,
    `played       ${sanitiseLine(job.environment)}: ${plural(job.tasks, "task")} × ${plural(job.repeats, "attempt")} with the model ${sanitiseLine(job.model)}${job.replay ? " (replay, not for training)" : ""}`,
    `requested    ${count(tally.requested)} = ${sum.join(" + ")}`,
    `outcomes     ${outcomes.slice(0, 4).join("  ")}`,
    `             ${outcomes.slice(4).join("  ")}`,
    `mean reward  ${c.bold(rewardText(job.mean_reward))}`,
  ];
}

/** A job's state, coloured. */
export function stateText({ colors: c }: Screen, { state }: Job): string {
  if (state === "completed") return c.green(state);
  return state === "cancelled" || state === "cancelling" ? c.yellow(state) : c.cyan(state);
}

function tookText({ started_at, ended_at }: Job): string {
  if (started_at === null || ended_at === null) return "";
  return ` in ${duration(Math.max(0, Date.parse(ended_at) - Date.parse(started_at)))}`;
}
