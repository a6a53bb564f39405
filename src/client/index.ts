export type { CallOptions, ListQuery } from "./call-route.ts";
export { type Client, createClient, type RolloutListQuery, type SubmitOptions } from "./create-client.ts";
export type { StreamOptions } from "./call-events.ts";
export type { BatchEvent, RunEvent } from "./execution-events.ts";
export type { ExecutionMethods } from "./execution-methods.ts";
export type { JobEventsOptions, JobStreamEvent } from "./job-events.ts";
export type { RescoreMethods, RescoreStreamEvent } from "./rescore-methods.ts";
export type { TransportOptions } from "./transport.ts";
export type { VerificationEvent, VerificationMethods } from "./verification-methods.ts";
