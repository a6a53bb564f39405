import { expect, test } from "vitest";
import { responseWith, sendJson, startEndpoint } from "../models/scripted-endpoint.ts";
import { ctx, openPlatform, runJob } from "../support/platform.ts";
import { squareAnswer, squareRow } from "../support/rows.ts";

const TASKS = 30;
/** Longer than two attempts with the wait between them bear. */
const OUTAGE_MS = 4_000;

test("a model that goes away for a while costs no rollout its attempts", { timeout: 60_000 }, async () => {
  const answer = responseWith(squareAnswer(true));
  const before = await startEndpoint((_, response) => {
    // The first few are answered; what comes then is lost with the endpoint.
    if (before.seen.length <= 5) sendJson(response, 200, answer);
    else void before.stop();
  });
  const platform = await openPlatform({ provider: "local", modelUrl: before.url, replay: false });
  let after: Awaited<ReturnType<typeof startEndpoint>> | null = null;
  try {
    const rows = Array.from({ length: TASKS }, (_, i) => squareRow(`task-${i}`).value);
    const job = runJob(platform, { environment: "code_gen", tasks: { rows }, retries: { model_error: 2 } });
    await before.arrived(6);
    await new Promise((resolve) => setTimeout(resolve, OUTAGE_MS));
    expect(platform.work?.admission().outages).toMatchObject([{ model: "default", isOpen: true }]);
    after = await startEndpoint((_, response) => sendJson(response, 200, answer), Number(new URL(before.url).port));
    const { jobId, rollouts } = await job;
    expect(rollouts.map(({ reward }) => reward)).toEqual(Array.from({ length: TASKS }, () => 1));
    expect((await platform.jobs.get(ctx, jobId)).tally).toMatchObject({ scored: TASKS, masked: 0 });
    expect(platform.work?.admission().outages).toEqual([{ model: "default", isOpen: false, waiting: 0 }]);
  } finally {
    await platform.dispose();
    await after?.stop();
  }
});
