export { Jobs } from "./jobs.ts";
export type { IncomingJob, JobEvent, JobService, RolloutQuery } from "./service.ts";
export { Signals } from "./signals.ts";
export type { RescoreEvent, RescoreService } from "./rescore-service.ts";
export { Rescores } from "./rescores.ts";
export { Submissions } from "./submissions.ts";
export type { IncomingVerification, VerificationService, VerifiedItem } from "./verification-service.ts";
export { Verifications } from "./verifications.ts";
export { Worker } from "./worker.ts";
