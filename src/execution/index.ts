export { type Candidate, CandidateRunner, type CandidateRun, type Place } from "./attribution/index.ts";
export { ExecutionEngine, type ExecutionOptions } from "./engine.ts";
export { type ResourceClass, resourceClasses } from "./plan/classes.ts";
export type * from "./service.ts";
