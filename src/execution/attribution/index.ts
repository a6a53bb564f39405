export type { Candidate, Place } from "./attempt.ts";
export { CandidateRunner, type CandidateRun } from "./candidate-runner.ts";
export { type LeaseSource, leaseWithin, type LeaseWait } from "./lease.ts";
export { SubmissionRecord } from "./record.ts";
