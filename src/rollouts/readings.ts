import pLimit from "p-limit";
import type { JobMetricsView } from "../contract/metrics.ts";
import type { ProfilePage } from "../contract/profiles.ts";
import type { Clock } from "../core/clock.ts";
import type { CallContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import type { Environments } from "../resources/index.ts";
import type { JobRow, Store } from "../store/port.ts";
import { JobExporter } from "./export/job-exporter.ts";
import { JobReader } from "./metrics/job-reader.ts";
import type { ExportQuery, ProfileQuery, ReadingService } from "./reading-service.ts";
import type { JobService } from "./service.ts";
import type { Signals } from "./signals.ts";

export interface ReadingsOptions {
  readonly store: Store;
  readonly environments: Environments;
  readonly jobs: Pick<JobService, "rollouts">;
  readonly signals: Signals;
  readonly clock: Clock;
}

/** Whole jobs that are read at once: they share one thread with the rollouts that are played. */
const MAX_READ = 4;
const MAX_WAITING = 64;
const MAX_STREAMED = 32;
const RETRY_SECONDS = 5;

/** What is read of whole jobs, over the store. */
export class Readings implements ReadingService {
  readonly #store: Store;
  readonly #reader: JobReader;
  readonly #exporter: JobExporter;
  readonly #turns = pLimit(MAX_READ);
  #streaming = 0;

  constructor(options: ReadingsOptions) {
    const { jobs } = options;
    this.#store = options.store;
    this.#reader = new JobReader(options);
    this.#exporter = new JobExporter({ ...options, records: (ctx, id, query) => jobs.rollouts(ctx, id, query) });
  }

  async metrics(ctx: CallContext, jobId: string): Promise<JobMetricsView> {
    return this.#inTurn(async () => this.#reader.metrics(ctx, await this.#job(ctx, jobId)));
  }

  async profile(ctx: CallContext, jobId: string, query: ProfileQuery): Promise<ProfilePage> {
    if (query.rows && !ctx.principal.scopes.includes("hidden_tests")) {
      throw new SandlotError("forbidden", { scope: "hidden_tests" });
    }
    return this.#inTurn(async () => this.#reader.profile(ctx, await this.#job(ctx, jobId), query));
  }

  async rows(ctx: CallContext, jobId: string, query: Pick<ProfileQuery, "filter" | "cursor">) {
    const job = await this.#job(ctx, jobId);
    return this.#streamed(this.#reader.rows(ctx, job, query.filter, query.cursor));
  }

  async export(ctx: CallContext, jobId: string, query: ExportQuery): Promise<AsyncIterable<string>> {
    const job = await this.#job(ctx, jobId);
    return this.#streamed(this.#exporter.lines(ctx, job, query));
  }

  async #job(ctx: CallContext, id: string): Promise<JobRow> {
    const job = await this.#store.jobs.get(ctx, id);
    if (!job) throw new SandlotError("not_found", { kind: "job", id });
    return job;
  }

  /** A few wait, since a page takes no time; more than that are told to come back. */
  #inTurn<T>(read: () => Promise<T>): Promise<T> {
    if (this.#turns.pendingCount >= MAX_WAITING) throw overloaded("reads of jobs");
    return this.#turns(read);
  }

  /** Counted from the first line on: a stream that nobody begins to read costs nothing. */
  #streamed(lines: AsyncGenerator<string>): AsyncGenerator<string> {
    if (this.#streaming >= MAX_STREAMED) throw overloaded("exports");
    return this.#counted(lines);
  }

  async *#counted(lines: AsyncGenerator<string>): AsyncGenerator<string> {
    this.#streaming++;
    try {
      yield* lines;
    } finally {
      this.#streaming--;
    }
  }
}

function overloaded(resource: string): SandlotError {
  return new SandlotError("overloaded", { resource, retry_after: RETRY_SECONDS });
}
