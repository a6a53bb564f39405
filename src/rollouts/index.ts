export { Jobs } from "./jobs.ts";
export type { IncomingJob, JobEvent, JobService, RolloutQuery } from "./service.ts";
export { Signals } from "./signals.ts";
export { Worker } from "./worker.ts";
