import type { JobEvent, JobService } from "../../rollouts/service.ts";
import type { HandlersOf, StreamEvent } from "../route-types.ts";

/** Handlers of everything under /api/v1/jobs but rollouts. */
export function jobHandlers(
  jobs: JobService,
): HandlersOf<"submitJob" | "dryRunJob" | "addTasks" | "uploadTasks" | "retryJob"> &
  HandlersOf<"listJobs" | "getJob" | "cancelJob" | "pauseJob" | "resumeJob" | "closeJob" | "jobEvents"> {
  return {
    async submitJob(ctx, { body, text, headers }) {
      const idempotencyKey = headers["idempotency-key"] ?? null;
      const { job, created } = await jobs.submit(ctx, { submission: body, body: text, idempotencyKey });
      return { status: created ? 201 : 200, body: job };
    },
    async dryRunJob(ctx, { body, text }) {
      return { body: await jobs.dryRun(ctx, { submission: body, body: text, idempotencyKey: null }) };
    },
    async addTasks(ctx, { params, body, text, headers }) {
      const idempotencyKey = headers["idempotency-key"] ?? null;
      return { body: await jobs.addTasks(ctx, params.id, { submission: body, body: text, idempotencyKey }) };
    },
    async uploadTasks(ctx, { params, query, lines, headers }) {
      const idempotencyKey = headers["idempotency-key"] ?? null;
      const upload = { lines, onInvalid: query.on_invalid, idempotencyKey };
      return { body: await jobs.uploadTasks(ctx, params.id, upload) };
    },
    async retryJob(ctx, { params, body, headers }) {
      const retry = { outcomes: body.outcomes, idempotencyKey: headers["idempotency-key"] ?? null };
      const { job, created } = await jobs.retry(ctx, params.id, retry);
      return { status: created ? 201 : 200, body: job };
    },
    async listJobs(ctx, { query }) {
      const { cursor = null, limit, state: states, environment, label: labels } = query;
      return { body: await jobs.list(ctx, { cursor, limit, filter: { states, environment, labels } }) };
    },
    async getJob(ctx, { params }) {
      return { body: await jobs.get(ctx, params.id) };
    },
    async cancelJob(ctx, { params, body }) {
      return { body: await jobs.cancel(ctx, params.id, 1000 * body.grace_seconds) };
    },
    async pauseJob(ctx, { params }) {
      return { body: await jobs.pause(ctx, params.id) };
    },
    async resumeJob(ctx, { params }) {
      return { body: await jobs.resume(ctx, params.id) };
    },
    async closeJob(ctx, { params }) {
      return { body: await jobs.close(ctx, params.id) };
    },
    async jobEvents(ctx, { params, headers }) {
      // Asked first, so that an unknown job is a 404 and not a broken stream.
      await jobs.get(ctx, params.id);
      return { events: streamEvents(jobs.events(ctx, params.id, headers["last-event-id"] ?? 0)) };
    },
  };
}

async function* streamEvents(events: AsyncIterable<JobEvent>): AsyncGenerator<StreamEvent> {
  for await (const event of events) {
    if (event.type === "rollout") yield { id: event.sequence, event: "rollout", data: event.rollout };
    else yield { event: event.type, data: event.job };
  }
}
