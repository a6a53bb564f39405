import type { Client } from "../../client/index.ts";
import type { Job } from "../../contract/jobs.ts";
import type { Rollout } from "../../contract/rollouts.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { CommandCall } from "../command-call.ts";
import { warnOfOutages } from "./outage-warning.ts";
import { progressText } from "./progress-text.ts";
import type { RecordFile } from "./record-file.ts";
import { TaskTally } from "./task-tally.ts";

export interface WatchOptions {
  readonly client: Client;
  readonly job: Job;
  /** `cancel` ends the job in good order at an interrupt, `leave` only stops looking. */
  readonly onInterrupt: "cancel" | "leave";
  readonly records?: RecordFile | null;
  /** Told about every finished rollout, in the order of delivery. */
  readonly onRollout?: (rollout: Rollout) => void;
  readonly onProgress?: (job: Job) => void;
}

/** A job that has been watched to its end. */
export interface Watched {
  readonly job: Job;
  readonly tally: TaskTally;
  /** Whether this command cancelled it. */
  readonly interrupted: boolean;
}

/** Follows a job to its end and shows how it goes. Throws the interrupt when it should leave the job alone. */
export async function watchJob(call: CommandCall, options: WatchOptions): Promise<Watched> {
  const { screen, session, signal } = call;
  const { client, records } = options;
  const tally = new TaskTally(await highestReward(client, options.job.environment));
  const started = session.clock.monotonic();
  const canceller = cancelOnInterrupt(call, options);
  const outages = warnOfOutages(session, client, options.job.model);
  let job = options.job;
  const show = () =>
    screen.progress.update(progressText(job.tally, tally.meanReward, session.clock.monotonic() - started));
  try {
    for await (const event of client.jobEvents(job.id, 0, { signal: canceller.stop })) {
      outages.heard();
      if (event.type === "rollout") {
        tally.add(event.rollout);
        options.onRollout?.(event.rollout);
        continue;
      }
      job = event.job;
      show();
      if (event.type === "progress") options.onProgress?.(job);
      // Records are fetched between events, so that a slow disk slows the stream and nothing piles up.
      await records?.catchUp(client, job.id);
    }
  } finally {
    outages.close();
    canceller.close();
    screen.progress.clear();
  }
  return { job, tally, interrupted: signal.aborted };
}

/** At the first interrupt, asks the server to cancel; `stop` is aborted when there is nothing to wait for any more. */
function cancelOnInterrupt({ screen, signal }: CommandCall, { client, job, onInterrupt }: WatchOptions) {
  const stop = new AbortController();
  const cancel = async () => {
    if (onInterrupt === "leave") {
      stop.abort(signal.reason);
      return;
    }
    screen.note("cancelling the job; what has finished is kept (Ctrl-C again quits at once)");
    try {
      await client.cancelJob(job.id);
    } catch (error) {
      // It may have ended in the meantime; its last event says so.
      if (!SandlotError.is(error, "job_ended")) stop.abort(error);
    }
  };
  const listener = () => void cancel();
  if (signal.aborted) listener();
  else signal.addEventListener("abort", listener, { once: true });
  return { stop: stop.signal, close: () => signal.removeEventListener("abort", listener) };
}

/** What counts as a pass; 1 when the environment is no longer there. */
async function highestReward(client: Client, environment: string): Promise<number> {
  try {
    return (await client.getEnvironment(environment)).reward_range[1];
  } catch {
    return 1;
  }
}
