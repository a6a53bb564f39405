import { BatchEnd, CaseEvent, OutputEvent, RunView, StageView } from "../contract/execution-answers.ts";
import { callEvents, type StreamOptions, valueOf } from "./call-events.ts";
import type { Transport } from "./transport.ts";

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

/** The events of a run, up to `result`. Throws the server's error; a connection that breaks is not made again. */
export function runEvents(transport: Transport, body: string, options?: StreamOptions): AsyncGenerator<RunEvent> {
  return callEvents(transport, "streamRun", "result", { body, options }, ({ event, data }, url) => {
    if (event === "compiled") return { type: event, stage: valueOf(StageView, data, url) };
    if (event === "output") return { type: event, output: valueOf(OutputEvent, data, url) };
    return event === "result" ? { type: event, result: valueOf(RunView, data, url) } : undefined;
  });
}

/** The events of a batch, up to `end`. Throws like `runEvents`. */
export function batchEvents(transport: Transport, body: string, options?: StreamOptions): AsyncGenerator<BatchEvent> {
  return callEvents(transport, "streamBatch", "end", { body, options }, ({ event, data }, url) => {
    if (event === "compiled") return { type: event, stage: valueOf(StageView, data, url) };
    if (event === "case") return { type: event, case: valueOf(CaseEvent, data, url) };
    return event === "end" ? { type: event, end: valueOf(BatchEnd, data, url) } : undefined;
  });
}
