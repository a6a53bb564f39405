import type { Express, RequestHandler } from "express";
import { BOUNDS } from "../contract/limits.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import type { ExecutionService } from "../execution/service.ts";
import type { FleetAdmin, ModelGateway } from "../models/index.ts";
import type { GroupService } from "../rollouts/groups.ts";
import type { ReadingService } from "../rollouts/reading-service.ts";
import type { RescoreService } from "../rollouts/rescore-service.ts";
import type { JobService } from "../rollouts/service.ts";
import type { SubmissionService } from "../rollouts/submissions.ts";
import type { VerificationService } from "../rollouts/verification-service.ts";
import type { PoolsAdmin } from "../sandbox/index.ts";
import { createByteBudget } from "../core/byte-budget.ts";
import { baseApp, type BaseAppOptions } from "./base-app.ts";
import { AnswerMemory } from "./execution/answer-memory.ts";
import { Executor } from "./execution/executor.ts";
import {
  NO_EXECUTION,
  NO_POOLS,
  NO_READINGS,
  NO_RESCORES,
  NO_SUBMISSIONS,
  NO_VERIFICATION,
} from "./execution/no-sandboxes.ts";
import { type CatalogueOptions, catalogueHandlers } from "./handlers/environments.ts";
import { fleetHandlers } from "./handlers/fleets.ts";
import { groupHandlers } from "./handlers/groups.ts";
import { type HealthOptions, healthHandlers } from "./handlers/health.ts";
import { type JobRemoval, jobRemovalHandlers } from "./handlers/job-removal.ts";
import { jobHandlers } from "./handlers/jobs.ts";
import { modelSessionHandlers } from "./handlers/model-sessions.ts";
import { poolHandlers } from "./handlers/pools.ts";
import { readingHandlers } from "./handlers/readings.ts";
import { rescoreHandlers } from "./handlers/rescores.ts";
import { rolloutHandlers } from "./handlers/rollouts.ts";
import { runHandlers } from "./handlers/runs.ts";
import { sessionHandlers } from "./handlers/sessions.ts";
import { submissionHandlers } from "./handlers/submissions.ts";
import { verificationHandlers } from "./handlers/verification.ts";
import { answerErrors } from "./middleware/answer-errors.ts";
import { authentication, type AuthOptions } from "./middleware/authenticate.ts";
import { notFound } from "./middleware/not-found.ts";
import { NO_GROUPS, NO_JOBS } from "./no-jobs.ts";
import { registerRoutes } from "./register-routes.ts";
import { HEARTBEAT_MS } from "./sse.ts";
import { createStreamRegistry } from "./stream-registry.ts";
import type { Surface } from "./surface.ts";

export interface AppOptions extends CatalogueOptions, HealthOptions, Omit<BaseAppOptions, "isStopping" | "clock"> {
  /** Jobs and their groups; null in a process without a database, where their routes answer `database_unavailable`. */
  jobs: JobService | null;
  groups: GroupService | null;
  /** Runs programs; null in a process without sandboxes, where its routes answer `provider_unavailable`. */
  execution: ExecutionService | null;
  /** Null like `execution`. */
  pools: PoolsAdmin | null;
  /** The fleets of models; null in a process that has none. */
  fleets: FleetAdmin | null;
  /** Null like `fleets`. */
  gateway: ModelGateway | null;
  /** Null like `execution`. */
  verification: VerificationService | null;
  /** What rollouts submitted; null in a process without a database. */
  submissions: SubmissionService | null;
  /** Null like `execution`. */
  rescores: RescoreService | null;
  /** Null in a process without a database. */
  removal: JobRemoval | null;
  /** Metrics and exports of whole jobs; null in a process without a database. */
  readings: ReadingService | null;
  auth: AuthOptions;
  clock?: Clock;
  /** Handlers mounted after the checks of Host and Origin and before the answer to unknown paths: other surfaces. */
  extensions?: readonly RequestHandler[];
  /** Other people's protocols, mounted at the same place. */
  surfaces?: readonly Surface[];
  /** Bounds; the defaults are for production. */
  bounds?: Partial<AppBounds>;
  /** Checks answers against the contract; for tests. Default false. */
  validateResponses?: boolean;
}

export interface AppBounds {
  /** Bytes of one request body. Default 256 MiB. */
  bodyBytes: number;
  /** Bytes of all request bodies held at the same time. Default 512 MiB. */
  bodyBytesInAll: number;
  /** Bytes of what programs wrote, held for answers at the same time, and so many again of other large answers that are not read yet. Default 512 MiB. */
  answerBytesInAll: number;
  /** Open event streams. Default 1000. */
  streams: number;
  /** Milliseconds a handler may take, streams excepted. Default five minutes. */
  handlerTimeoutMs: number;
  /** Milliseconds between heartbeat comments of event streams. Default 15 s. */
  heartbeatMs: number;
}

const DEFAULT_BOUNDS: AppBounds = {
  bodyBytes: BOUNDS.bodyBytes,
  bodyBytesInAll: 2 * BOUNDS.bodyBytes,
  answerBytesInAll: 4 * BOUNDS.answerBytes,
  streams: 1000,
  handlerTimeoutMs: 300_000,
  heartbeatMs: HEARTBEAT_MS,
};

/** The HTTP application and the switch that ends it. */
export interface App {
  readonly express: Express;
  /** From now on refuses requests with `shutting_down` and ends event streams after a last comment. */
  stop(): void;
}

/** The API as an Express application; `startServer` puts it on a socket. */
export function createApp(options: AppOptions): App {
  const { auth, clock = systemClock } = options;
  const jobs = options.jobs ?? NO_JOBS;
  const service = options.execution ?? NO_EXECUTION;
  const bounds = { ...DEFAULT_BOUNDS, ...options.bounds };
  const streams = createStreamRegistry(bounds.streams);
  let stopping = false;
  const app = baseApp({ ...options, clock, isStopping: () => stopping });
  const memory = new AnswerMemory(bounds.answerBytesInAll);
  const executor = new Executor({ service, memory, clock });
  const authenticate = authentication(auth);
  const body = { limitBytes: bounds.bodyBytes, budget: createByteBudget(bounds.bodyBytesInAll), clock };
  const handlers = {
    ...jobHandlers(jobs),
    ...groupHandlers(options.groups ?? NO_GROUPS),
    ...jobRemovalHandlers(options.removal),
    ...rolloutHandlers(jobs),
    ...catalogueHandlers(options),
    ...healthHandlers(options),
    ...runHandlers(executor),
    ...sessionHandlers(service, memory),
    ...poolHandlers(options.pools ?? NO_POOLS),
    ...fleetHandlers(options.fleets),
    ...modelSessionHandlers(options.gateway),
    ...submissionHandlers(options.submissions ?? NO_SUBMISSIONS),
    ...rescoreHandlers(options.rescores ?? NO_RESCORES, jobs),
    ...readingHandlers(options.readings ?? NO_READINGS),
    ...verificationHandlers(options.verification ?? NO_VERIFICATION, memory),
  };
  registerRoutes(app, handlers, {
    authenticate,
    body,
    answers: createByteBudget(bounds.answerBytesInAll),
    streams,
    clock,
    handlerTimeoutMs: bounds.handlerTimeoutMs,
    heartbeatMs: bounds.heartbeatMs,
    validateResponses: options.validateResponses ?? false,
  });
  for (const extension of options.extensions ?? []) app.use(extension);
  for (const surface of options.surfaces ?? []) app.use(...surface({ authenticate, body, executor, clock }));
  app.use(notFound(), answerErrors());
  return {
    express: app,
    stop() {
      stopping = true;
      streams.endAll(new SandlotError("shutting_down", { detail: "the server takes no more requests" }));
    },
  };
}
