import { type Clock, sleep, systemClock } from "../../core/clock.ts";
import { type CallContext, orAborted } from "../../core/context.ts";
import type { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Execution, ExecutionListener, ExecutionRequest, ExecutionService } from "../../execution/service.ts";
import { type AnswerAccount, type AnswerMemory, pieceBytes, stageBytes } from "./answer-memory.ts";
import type { EventQueue } from "./event-queue.ts";
import { type RunIdentity, SharedRuns } from "./shared-runs.ts";

/** Milliseconds in which a refusal still gets a status of its own; a stream that has begun can only tell it. */
const REFUSAL_MS = 1000;

const REMEMBERED = { rememberMs: 600_000, answers: 4096, bytes: 64 * 1024 * 1024 };

export interface ExecutorOptions {
  readonly service: ExecutionService;
  readonly memory: AnswerMemory;
  readonly clock?: Clock | undefined;
}

export interface ExecutionOrder {
  readonly request: ExecutionRequest;
  /** Null when the request has no id. */
  readonly identity: RunIdentity | null;
  /** Counts what the answer holds. */
  readonly account: AnswerAccount;
}

/** Executes requests: once per id, and within the memory for answers. */
export class Executor {
  readonly service: ExecutionService;
  readonly memory: AnswerMemory;
  readonly #clock: Clock;
  readonly #shared: SharedRuns;

  constructor({ service, memory, clock = systemClock }: ExecutorOptions) {
    this.service = service;
    this.memory = memory;
    this.#clock = clock;
    this.#shared = new SharedRuns({ ...REMEMBERED, clock });
  }

  /** Throws what the service throws, `idempotency_conflict`, and `overloaded` when there is no memory for the answer. */
  execute(ctx: CallContext, order: ExecutionOrder, listener: ExecutionListener = {}): Promise<Execution> {
    return untilFull(ctx, order.account, listener, (inner, counting) => this.#run(inner, order, counting));
  }

  #run(ctx: CallContext, { request, identity }: ExecutionOrder, listener: ExecutionListener): Promise<Execution> {
    if (identity === null) return this.service.run(ctx, request, listener);
    return this.#shared.run(ctx, identity, listener, (inner, all) => this.service.run(inner, request, all));
  }

  /** Waits until a stream has something to say, but not long; throws what ended it before that. */
  async begun(ctx: CallContext, queue: EventQueue<unknown>): Promise<void> {
    const enough = new AbortController();
    const waited = sleep(this.#clock, REFUSAL_MS, enough.signal).catch(() => undefined);
    await orAborted(ctx, Promise.race([queue.begun, waited]));
    enough.abort();
    if (queue.refusal) throw queue.refusal;
  }
}

/** Runs `work` with a listener that counts what it hears, and ends it as soon as that is too much. */
async function untilFull(
  ctx: CallContext,
  account: AnswerAccount,
  listener: ExecutionListener,
  work: (ctx: CallContext, listener: ExecutionListener) => Promise<Execution>,
): Promise<Execution> {
  const controller = new AbortController();
  const onAbort = () => controller.abort(ctx.signal.reason);
  if (ctx.signal.aborted) onAbort();
  else ctx.signal.addEventListener("abort", onAbort, { once: true });
  let full: SandlotError | null = null;
  const fits = (bytes: number): boolean => {
    full ??= account.hold(bytes);
    if (full) controller.abort(full);
    return full === null;
  };
  const counting: ExecutionListener = {
    onCompiled(stage) {
      if (fits(stageBytes(stage))) listener.onCompiled?.(stage);
    },
    onCase(index, stage) {
      if (fits(stageBytes(stage))) listener.onCase?.(index, stage);
    },
    // A sandbox sends output as it comes only when somebody listens.
    ...(listener.onOutput && {
      onOutput(stream, data) {
        // Copied: a piece is a part of a larger buffer that must not live as long as it waits.
        if (fits(pieceBytes(data))) listener.onOutput?.(stream, Buffer.from(data));
      },
    }),
  };
  try {
    const execution = await work({ ...ctx, signal: controller.signal }, counting);
    if (full) throw full;
    return execution;
  } finally {
    ctx.signal.removeEventListener("abort", onAbort);
  }
}
