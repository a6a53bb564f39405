import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Job, JobResults } from "./run-job.ts";

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));

/** Runs the jobs in `count` processes, each one job at a time; `onDone` in any order. */
export async function runJobs(
  jobs: readonly Job[],
  count: number,
  onDone: (job: Job, results: JobResults) => void,
): Promise<void> {
  const left = jobs.toReversed();
  const workers = Array.from({ length: Math.min(count, jobs.length) }, () =>
    fork(WORKER, { execArgv: ["--import", "tsx", "--max-old-space-size=1024"] }),
  );
  try {
    await Promise.all(
      workers.map(async (worker) => {
        for (let job = left.pop(); job; job = left.pop()) onDone(job, await resultsOf(worker, job));
      }),
    );
  } finally {
    for (const worker of workers) worker.kill();
  }
}

async function resultsOf(worker: ChildProcess, job: Job): Promise<JobResults> {
  const ended = new AbortController();
  const answer = once(worker, "message", { signal: ended.signal });
  const end = once(worker, "exit", { signal: ended.signal }).then(([code]) => {
    throw new Error(`a worker ended with ${String(code)} at ${job.scenario}, seed ${job.seed}`);
  });
  worker.send(job);
  try {
    const [results] = (await Promise.race([answer, end])) as [JobResults];
    return results;
  } finally {
    ended.abort();
    await Promise.allSettled([answer, end]);
  }
}
