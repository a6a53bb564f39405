import { type Job, runJob } from "./run-job.ts";

process.on("message", (job: Job) => {
  process.send?.(runJob(job));
});
