import { setTimeout as sleep } from "node:timers/promises";
import { heading, row, verdict } from "../support/measure.ts";
import { openStand } from "./stand.ts";
import { PLAYS } from "./tasks.ts";

/** Calls at once that the model takes, and the time of each; what is beyond is refused with 429. */
const BORNE = 20;
const CALL_MS = 200;
/** Rollouts in flight are this multiple of what the model bears. */
const TIMES = [0.5, 1, 10] as const;
const ROLLOUTS = 1_000;
const KEPT = 0.8;

/** Rollouts per second that end with a score while ten times as many are in flight as the model bears. */
export async function overload(): Promise<void> {
  heading(`a model that takes ${BORNE} calls at once, ${CALL_MS} ms each`, "/s", "of most", "masked");
  const most = BORNE / (CALL_MS / 1_000) / 2;
  for (const times of TIMES) {
    const play = PLAYS.tools;
    const settings = { "worker.concurrency": BORNE * times, "sandbox.provider": "local" };
    const stand = await openStand({ play, model: { delayMs: CALL_MS, atOnce: BORNE }, settings });
    try {
      const rows = Array.from({ length: 100 }, (_, i) => play.row(i));
      const submitted = { environment: play.environment, tasks: { rows }, repeats: ROLLOUTS / rows.length };
      const startedAt = performance.now();
      const { id } = await stand.client.submitJob(submitted);
      let job = await stand.client.getJob(id);
      for (; job.state !== "completed"; job = await stand.client.getJob(id)) await sleep(100);
      const goodput = job.tally.scored / ((performance.now() - startedAt) / 1_000);
      const share = goodput / most;
      const isJudged = times >= 1;
      const isMet = job.tally.masked === 0 && share >= KEPT;
      const wanted = isJudged ? verdict(isMet) : "";
      row(`${times} x its capacity`, goodput, share, job.tally.masked, "", "", wanted);
    } finally {
      await stand.stop();
    }
  }
}
