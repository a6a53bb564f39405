import type { Access } from "../access/access.ts";
import type { CommandCall } from "../command-call.ts";
import { EXIT } from "../exit-codes.ts";
import { type JobRequest, jobBody } from "./job-body.ts";
import { RecordFile } from "./record-file.ts";
import { type Watched, watchJob, type WatchOptions } from "./watch-job.ts";

export interface PlayOptions {
  readonly access: Access;
  readonly request: JobRequest;
  /** Name of the file for the records, or undefined. */
  readonly out?: string | undefined;
  readonly overwrite?: boolean | undefined;
  readonly onRollout?: WatchOptions["onRollout"];
}

export interface Played extends Watched {
  /** Where the records were written, or null. */
  readonly out: { readonly path: string; readonly lines: number } | null;
}

/** Submits a job and follows it to its end; an interrupt cancels it in good order. */
export async function playJob(call: CommandCall, options: PlayOptions): Promise<Played> {
  const { client } = options.access;
  const { workingDirectory } = call.session.options;
  const records =
    options.out === undefined
      ? null
      : await RecordFile.create(workingDirectory, options.out, options.overwrite ?? false);
  // Not ended by an interrupt: whether the job was made would stay unknown. It is cancelled right after.
  const submitted = client.submitJob(jobBody(options.request));
  const job = await submitted.catch(async (error: unknown) => {
    await records?.abandon();
    throw error;
  });
  try {
    await records?.begin();
    const { onRollout } = options;
    const watching = { client, job, onInterrupt: "cancel", records, ...(onRollout ? { onRollout } : {}) } as const;
    const watched = await watchJob(call, watching);
    return { ...watched, out: records && { path: records.path, lines: records.lines } };
  } finally {
    await records?.finish();
  }
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
