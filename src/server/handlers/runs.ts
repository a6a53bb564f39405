import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { ExecutionRequest } from "../../execution/service.ts";
import { EventQueue } from "../execution/event-queue.ts";
import type { ExecutionOrder, Executor } from "../execution/executor.ts";
import { batchRequest, runRequest } from "../execution/read-request.ts";
import { batchEvents, type Heard, hearInto, type Hears, runEvents } from "../execution/run-events.ts";
import type { RunIdentity } from "../execution/shared-runs.ts";
import { batchView, runView } from "../execution/stage-view.ts";
import type { HandlersOf } from "../route-types.ts";

type RunRoutes = "run" | "streamRun" | "batch" | "streamBatch" | "listLanguages";

/** Where a request stands: its body, and when it is over. */
interface RequestParts {
  readonly body: { readonly request_id?: string | undefined };
  readonly text: string;
  readonly onDone: (fn: () => void) => void;
}

/** Handlers of programs that run once: runs, batches, and the languages they are written in. */
export function runHandlers(executor: Executor): HandlersOf<RunRoutes> {
  const order = (kind: RunIdentity["kind"], request: ExecutionRequest, parts: RequestParts): ExecutionOrder => {
    const account = executor.memory.open();
    parts.onDone(() => account.release());
    const { request_id: requestId } = parts.body;
    return { request, account, identity: requestId === undefined ? null : { kind, requestId, body: parts.text } };
  };

  /** Begins to execute, and answers what is heard of it. */
  const listen = async (ctx: CallContext, what: ExecutionOrder, hears: Hears): Promise<EventQueue<Heard>> => {
    const queue = new EventQueue<Heard>();
    void executor.execute(ctx, what, hearInto(queue, hears)).then(
      (execution) => {
        queue.push({ type: "end", execution });
        queue.end();
      },
      (error: unknown) => {
        if (!SandlotError.is(error, "overloaded")) return queue.end(error as Error);
        // What nobody has read is what there is too much of.
        queue.fail(error);
        what.account.release();
      },
    );
    await executor.begun(ctx, queue);
    return queue;
  };

  return {
    async run(ctx, input) {
      const what = order("run", runRequest(input.body), input);
      const execution = await executor.execute(ctx, what);
      return { body: runView(execution, input.body.request_id), inParts: what.account.isLarge };
    },
    async streamRun(ctx, input) {
      const what = order("run", runRequest(input.body), input);
      const heard = await listen(ctx, what, "all");
      return { events: runEvents(heard, input.body.request_id, what.account), tellsErrors: true };
    },
    async batch(ctx, input) {
      const what = order("batch", batchRequest(input.body), input);
      const execution = await executor.execute(ctx, what);
      return { body: batchView(execution, input.body.request_id), inParts: what.account.isLarge };
    },
    async streamBatch(ctx, input) {
      const heard = await listen(ctx, order("batch", batchRequest(input.body), input), "stages");
      return { events: batchEvents(heard, input.body.request_id), tellsErrors: true };
    },
    async listLanguages() {
      const items = await executor.service.languages();
      return { body: { items: items.map((it) => ({ ...it, aliases: [...it.aliases], images: [...it.images] })) } };
    },
  };
}
