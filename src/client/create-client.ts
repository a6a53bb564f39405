import type { JobState } from "../core/machines/job.ts";
import type { Outcome } from "../core/outcome.ts";
import { type AnswerOf, callRoute, type CallOptions, type ListQuery } from "./call-route.ts";
import { type ExecutionMethods, executionMethods } from "./execution-methods.ts";
import { type FleetMethods, fleetMethods } from "./fleet-methods.ts";
import { jobEvents, type JobEventsOptions, type JobStreamEvent } from "./job-events.ts";
import { type JobMethods, jobMethods } from "./job-methods.ts";
import { type ModelSessionMethods, modelSessionMethods } from "./model-session-methods.ts";
import { type ReadingMethods, readingMethods } from "./reading-methods.ts";
import { type RescoreMethods, rescoreMethods } from "./rescore-methods.ts";
import { createTransport, type TransportOptions } from "./transport.ts";
import { type VerificationMethods, verificationMethods } from "./verification-methods.ts";

export interface TaskListQuery {
  /** Default: the environment's first. */
  dataset?: string | undefined;
  offset?: number | undefined;
  /** Default 1,000. */
  limit?: number | undefined;
}

export interface JobListQuery extends ListQuery {
  state?: readonly JobState[] | undefined;
  environment?: string | undefined;
  /** Labels that a job has all of. */
  labels?: Readonly<Record<string, string>> | undefined;
}

export interface RolloutListQuery extends ListQuery {
  outcome?: readonly Outcome[] | undefined;
  /** Id of the task. */
  task?: string | undefined;
  min_reward?: number | undefined;
  max_reward?: number | undefined;
  masked?: boolean | undefined;
  /** `record` adds row, trajectory, verdict and ledger. */
  include?: "record" | undefined;
}

/** One method for each route of the API. Errors are SandlotErrors with the server's code and context. */
export interface Client
  extends
    ExecutionMethods,
    FleetMethods,
    JobMethods,
    ModelSessionMethods,
    ReadingMethods,
    RescoreMethods,
    VerificationMethods {
  health(options?: CallOptions): Promise<AnswerOf<"health">>;
  /** Answers also when the server is not ready. */
  ready(options?: CallOptions): Promise<AnswerOf<"ready">>;
  openapi(options?: CallOptions): Promise<AnswerOf<"openapi">>;
  listJobs(query?: JobListQuery, options?: CallOptions): Promise<AnswerOf<"listJobs">>;
  /** Rollouts after the sequence `after` (default 0: all), up to the `end` event. */
  jobEvents(id: string, after?: number, options?: JobEventsOptions): AsyncGenerator<JobStreamEvent, void, undefined>;
  listRollouts(jobId: string, query?: RolloutListQuery, options?: CallOptions): Promise<AnswerOf<"listRollouts">>;
  listSamples(jobId: string, query?: ListQuery, options?: CallOptions): Promise<AnswerOf<"listSamples">>;
  getRollout(id: string, options?: CallOptions): Promise<AnswerOf<"getRollout">>;
  listEnvironments(options?: CallOptions): Promise<AnswerOf<"listEnvironments">>;
  getEnvironment(name: string, options?: CallOptions): Promise<AnswerOf<"getEnvironment">>;
  listTasks(environment: string, query?: TaskListQuery, options?: CallOptions): Promise<AnswerOf<"listTasks">>;
  listModels(options?: CallOptions): Promise<AnswerOf<"listModels">>;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** A client for one server. Throws `invalid_config` when the URL is none. */
export function createClient(options: TransportOptions): Client {
  const transport = createTransport(options);
  return {
    health: (call) => callRoute(transport, "health", {}, call),
    ready: (call) => callRoute(transport, "ready", { alsoTaken: [503] }, call),
    openapi: (call) => callRoute(transport, "openapi", {}, call),
    listJobs({ labels = {}, state, ...query } = {}, call) {
      const label = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
      return callRoute(transport, "listJobs", { query: { ...query, state: state?.join(","), label } }, call);
    },
    jobEvents: (id, after = 0, events) => jobEvents(transport, id, after, events),
    listRollouts(id, { outcome, ...query } = {}, call) {
      return callRoute(
        transport,
        "listRollouts",
        { params: { id }, query: { ...query, outcome: outcome?.join(",") } },
        call,
      );
    },
    listSamples: (id, query, call) =>
      callRoute(transport, "listSamples", { params: { id }, query: { ...query } }, call),
    getRollout: (id, call) => callRoute(transport, "getRollout", { params: { id } }, call),
    listEnvironments: (call) => callRoute(transport, "listEnvironments", {}, call),
    getEnvironment: (name, call) => callRoute(transport, "getEnvironment", { params: { name } }, call),
    listTasks: (name, query, call) =>
      callRoute(transport, "listTasks", { params: { name }, query: { ...query } }, call),
    listModels: (call) => callRoute(transport, "listModels", {}, call),
    ...jobMethods(transport),
    ...executionMethods(transport),
    ...fleetMethods(transport),
    ...modelSessionMethods(transport),
    ...readingMethods(transport),
    ...rescoreMethods(transport),
    ...verificationMethods(transport),
    close: () => transport.close(),
  };
}
