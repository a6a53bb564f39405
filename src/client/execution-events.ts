import type { z } from "zod";
import { ErrorBody } from "../contract/errors.ts";
import { BatchEnd, CaseEvent, OutputEvent, RunView, StageView } from "../contract/execution-answers.ts";
import { ROUTES } from "../contract/routes.ts";
import { rootContext } from "../core/context.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { errorOfBody, foreignAnswer, unreachable } from "./errors.ts";
import { readEventStream, type StreamMessage } from "./event-stream.ts";
import { orUnreachable, type Transport } from "./transport.ts";

/** What a run's stream carries. */
export type RunEvent =
  | { readonly type: "compiled"; readonly stage: StageView }
  | { readonly type: "output"; readonly output: OutputEvent }
  | { readonly type: "result"; readonly result: RunView };

/** What a batch's stream carries. */
export type BatchEvent =
  | { readonly type: "compiled"; readonly stage: StageView }
  | { readonly type: "case"; readonly case: CaseEvent }
  | { readonly type: "end"; readonly end: BatchEnd };

export interface StreamOptions {
  /** Aborting it, and leaving the loop over the events, cancels the execution. */
  signal?: AbortSignal | undefined;
}

/** The events of a run, up to `result`. Throws the server's error; a connection that breaks is not made again. */
export function runEvents(transport: Transport, body: string, options?: StreamOptions): AsyncGenerator<RunEvent> {
  return events(transport, "streamRun", body, options, ({ event, data }, url) => {
    if (event === "compiled") return { type: event, stage: valueOf(StageView, data, url) };
    if (event === "output") return { type: event, output: valueOf(OutputEvent, data, url) };
    return event === "result" ? { type: event, result: valueOf(RunView, data, url) } : undefined;
  });
}

/** The events of a batch, up to `end`. Throws like `runEvents`. */
export function batchEvents(transport: Transport, body: string, options?: StreamOptions): AsyncGenerator<BatchEvent> {
  return events(transport, "streamBatch", body, options, ({ event, data }, url) => {
    if (event === "compiled") return { type: event, stage: valueOf(StageView, data, url) };
    if (event === "case") return { type: event, case: valueOf(CaseEvent, data, url) };
    return event === "end" ? { type: event, end: valueOf(BatchEnd, data, url) } : undefined;
  });
}

/** Events until one of the last kind; ends the connection when the reader stops before. */
async function* events<E extends { readonly type: string }>(
  transport: Transport,
  route: "streamRun" | "streamBatch",
  body: string,
  { signal: outer }: StreamOptions = {},
  read: (message: StreamMessage, url: string) => E | undefined,
): AsyncGenerator<E> {
  const { method, path } = ROUTES[route];
  const url = transport.urlOf(path);
  const controller = new AbortController();
  const { signal } = rootContext({ signal: controller.signal });
  const onAbort = () => controller.abort(outer?.reason);
  if (outer?.aborted) onAbort();
  outer?.addEventListener("abort", onAbort, { once: true });
  try {
    const answer = await transport.send({ method, path, body, signal, headers: { accept: "text/event-stream" } });
    const messages = readEventStream(answer.body);
    for (;;) {
      const step = await orUnreachable(url, signal, messages.next());
      if (step.done) throw unreachable(url, new Error("the stream ended before the execution did"));
      if (step.value.event === "error") throw errorOfBody(valueOf(ErrorBody, step.value.data, url));
      const event = read(step.value, url);
      if (!event) continue;
      yield event;
      if (event.type === "result" || event.type === "end") return;
    }
  } finally {
    outer?.removeEventListener("abort", onAbort);
    controller.abort(new SandlotError("cancelled", { detail: "the reader of the events has stopped" }));
  }
}

function valueOf<T>(schema: z.ZodType<T>, data: string, url: string): T {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw foreignAnswer(url, "an event that is not JSON");
  }
  const result = schema.safeParse(value);
  if (!result.success) throw foreignAnswer(url, result.error.message);
  return result.data;
}
