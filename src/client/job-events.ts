import { Job } from "../contract/jobs.ts";
import { Rollout } from "../contract/rollouts.ts";
import { ROUTES } from "../contract/routes.ts";
import { sleep } from "../core/clock.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { pathOf } from "./call-route.ts";
import { foreignAnswer, isUnreachable, unreachable } from "./errors.ts";
import { readEventStream, type StreamMessage } from "./event-stream.ts";
import { orUnreachable, type Transport } from "./transport.ts";

/** What a job's stream carries. */
export type JobStreamEvent =
  | { readonly type: "rollout"; readonly rollout: Rollout }
  | { readonly type: "progress"; readonly job: Job }
  | { readonly type: "end"; readonly job: Job };

export interface JobEventsOptions {
  signal?: AbortSignal | undefined;
  /** Connections that may fail one after another before the error is thrown. Default 8. */
  maxReconnects?: number;
  /** Milliseconds without a byte after which a connection counts as lost; heartbeats come every 15 s. Default 45 s. */
  idleMs?: number;
}

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 10_000;

/** Finished rollouts of a job after the sequence `after`, then live ones, up to the `end` event; reconnects by itself. */
export async function* jobEvents(
  transport: Transport,
  id: string,
  after: number,
  options: JobEventsOptions = {},
): AsyncGenerator<JobStreamEvent, void, undefined> {
  const url = transport.urlOf(pathOf(ROUTES.jobEvents, { params: { id } }));
  let last = after;
  for (let failures = 0; ;) {
    let problem: SandlotError;
    try {
      for await (const message of connection(transport, id, last, options)) {
        const event = readEvent(message, url);
        if (!event) continue;
        failures = 0;
        if (event.type === "rollout") last = event.rollout.sequence ?? last;
        yield event;
        if (event.type === "end") return;
      }
      problem = unreachable(url, new Error("the stream ended before the job did"));
    } catch (error) {
      if (options.signal?.aborted) throw error;
      problem = SandlotError.from(error);
      if (!isTransient(problem)) throw error;
    }
    if (++failures > (options.maxReconnects ?? 8)) throw problem;
    const asked = SandlotError.is(problem, "overloaded") ? problem.context.retry_after * 1000 : 0;
    const delay = Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LONGEST_DELAY_MS);
    await sleep(transport.clock, Math.max(delay, asked), options.signal);
  }
}

/** The events of one connection, until it ends, breaks or falls silent. */
async function* connection(
  transport: Transport,
  id: string,
  last: number,
  { signal: outer, idleMs = 45_000 }: JobEventsOptions,
): AsyncGenerator<StreamMessage> {
  const { method } = ROUTES.jobEvents;
  const path = pathOf(ROUTES.jobEvents, { params: { id } });
  const url = transport.urlOf(path);
  const controller = new AbortController();
  const { signal } = controller;
  const onAbort = () => controller.abort(outer?.reason);
  if (outer?.aborted) onAbort();
  outer?.addEventListener("abort", onAbort, { once: true });
  const watch = () =>
    transport.clock.after(idleMs, () =>
      controller.abort(new SandlotError("deadline_exceeded", { waiting_for: `events from ${url}` })),
    );
  let stopWatching = watch();
  async function* watched(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      // A consumer that takes its time is no silence of the server's.
      stopWatching();
      yield chunk;
      stopWatching = watch();
    }
  }
  try {
    const headers = { accept: "text/event-stream", "last-event-id": String(last) };
    const answer = await transport.send({ method, path, headers, signal });
    const messages = readEventStream(watched(answer.body));
    for (;;) {
      const step = await orUnreachable(url, signal, messages.next());
      if (step.done) return;
      yield step.value;
    }
  } finally {
    stopWatching();
    outer?.removeEventListener("abort", onAbort);
    // Ends the connection also when the consumer stopped in the middle.
    controller.abort(new SandlotError("cancelled", { detail: "the reader of the events has stopped" }));
  }
}

function readEvent({ event, data }: StreamMessage, url: string): JobStreamEvent | undefined {
  if (event !== "rollout" && event !== "progress" && event !== "end") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw foreignAnswer(url, "an event that is not JSON");
  }
  const result = event === "rollout" ? Rollout.safeParse(value) : Job.safeParse(value);
  if (!result.success) throw foreignAnswer(url, result.error.message);
  if (event === "rollout") return { type: event, rollout: result.data as Rollout };
  return { type: event, job: result.data as Job };
}

/** Whether another connection may do better. */
function isTransient(error: SandlotError): boolean {
  return isUnreachable(error) || (error.retry === "backoff" && error.code !== "internal");
}
