import type { Access } from "../access/access.ts";
import type { CommandCall } from "../command-call.ts";
import { EXIT } from "../exit-codes.ts";
import { type JobRequest, jobBody } from "./job-body.ts";
import type { RecordFile } from "./record-file.ts";
import { type Watched, watchJob, type WatchOptions } from "./watch-job.ts";

export interface PlayOptions {
  readonly access: Access;
  readonly request: JobRequest;
  /** The file for the records; the caller closes it. */
  readonly records?: RecordFile | null;
  readonly onRollout?: WatchOptions["onRollout"];
}

export interface Played extends Watched {
  /** Where the records were written, or null. */
  readonly out: { readonly path: string; readonly lines: number } | null;
}

/** Submits a job and follows it to its end; an interrupt cancels it in good order. */
export async function playJob(call: CommandCall, options: PlayOptions): Promise<Played> {
  const { access, request, records = null, onRollout } = options;
  const { client } = access;
  // Not ended by an interrupt: whether the job was made would stay unknown. It is cancelled right after.
  const job = await client.submitJob(jobBody(request));
  await records?.begin();
  const watching = { client, job, onInterrupt: "cancel", records, ...(onRollout ? { onRollout } : {}) } as const;
  const watched = await watchJob(call, watching);
  return { ...watched, out: records && { path: records.path, lines: records.lines } };
}

/** The exit code of a job that was played to its end. */
export function exitCodeOfJob({ job, interrupted }: Watched): number {
  if (interrupted && job.state === "cancelled") return EXIT.interrupted;
  return job.tally.masked > 0 ? EXIT.masked : EXIT.done;
}

/** A played job for machines. */
export function jobDocument(played: Played): object {
  return { job: played.job, tasks: played.tally.summaries(), out: played.out };
}
