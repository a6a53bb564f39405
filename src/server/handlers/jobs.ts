import type { JobEvent, JobService } from "../../rollouts/service.ts";
import type { HandlersOf, StreamEvent } from "../route-types.ts";

/** Handlers of everything under /api/v1/jobs but rollouts. */
export function jobHandlers(
  jobs: JobService,
): HandlersOf<"submitJob" | "listJobs" | "getJob" | "cancelJob" | "jobEvents"> {
  return {
    async submitJob(ctx, { body, text, headers }) {
      const idempotencyKey = headers["idempotency-key"] ?? null;
      const { job, created } = await jobs.submit(ctx, { submission: body, body: text, idempotencyKey });
      return { status: created ? 201 : 200, body: job };
    },
    async listJobs(ctx, { query }) {
      const { cursor = null, limit, state: states, environment, label: labels } = query;
      return { body: await jobs.list(ctx, { cursor, limit, filter: { states, environment, labels } }) };
    },
    async getJob(ctx, { params }) {
      return { body: await jobs.get(ctx, params.id) };
    },
    async cancelJob(ctx, { params }) {
      return { body: await jobs.cancel(ctx, params.id) };
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
