import { createHash } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import { type CallContext, orAborted } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Execution, ExecutionListener } from "../../execution/service.ts";
import { compacted, executionBytes } from "./compacted.ts";

export interface SharedRunsOptions {
  readonly clock: Clock;
  /** Milliseconds for which an answer is remembered. */
  readonly rememberMs: number;
  /** Answers remembered at most, and their bytes; the oldest go first. */
  readonly answers: number;
  readonly bytes: number;
}

/** What makes two requests the same one. */
export interface RunIdentity {
  /** Runs and batches have ids of their own. */
  readonly kind: "run" | "batch";
  readonly requestId: string;
  /** The request's body, exactly. */
  readonly body: string;
}

/** Starts the execution, under a context that lives as long as somebody waits. */
export type StartRun = (ctx: CallContext, listener: ExecutionListener) => Promise<Execution>;

type Tell = (listener: ExecutionListener) => void;

interface Running {
  readonly digest: string;
  readonly controller: AbortController;
  readonly listeners: Set<ExecutionListener>;
  /** The stages that late listeners have missed. */
  readonly past: Tell[];
  waiters: number;
  readonly done: Promise<Execution>;
}

interface Remembered {
  readonly digest: string;
  readonly execution: Execution;
  readonly bytes: number;
  readonly until: number;
}

/**
 * Requests with an id: those of one tenant with the same id and body share one execution and its answer, while it runs and
 * for a while afterwards. Failures of ours are not remembered, so that trying again tries again.
 */
export class SharedRuns {
  readonly #options: SharedRunsOptions;
  readonly #running = new Map<string, Running>();
  /** Oldest first. */
  readonly #remembered = new Map<string, Remembered>();
  #bytes = 0;

  constructor(options: SharedRunsOptions) {
    this.#options = options;
  }

  /** Throws `idempotency_conflict` when the id belongs to another body. */
  async run(ctx: CallContext, identity: RunIdentity, listener: ExecutionListener, start: StartRun): Promise<Execution> {
    const key = JSON.stringify([ctx.principal.tenant, identity.kind, identity.requestId]);
    const digest = createHash("sha256").update(identity.body).digest("base64");
    this.#forget(0, 0);
    const known = this.#remembered.get(key) ?? this.#running.get(key);
    if (known && known.digest !== digest) throw new SandlotError("idempotency_conflict", { key: identity.requestId });
    if (known && "execution" in known) {
      tellAll(known.execution, listener);
      return known.execution;
    }
    return this.#wait(ctx, key, known ?? this.#start(ctx, key, digest, listener, start), listener);
  }

  #start(ctx: CallContext, key: string, digest: string, first: ExecutionListener, start: StartRun): Running {
    const controller = new AbortController();
    const listeners = new Set([first]);
    const past: Tell[] = [];
    const tell = (what: Tell) => {
      past.push(what);
      for (const listener of listeners) what(listener);
    };
    let settle!: (execution: Promise<Execution>) => void;
    const done = new Promise<Execution>((resolve) => (settle = resolve));
    // Those who wait hear of a failure; nobody else has to.
    done.catch(() => undefined);
    const running: Running = { digest, controller, listeners, past, waiters: 0, done };
    this.#running.set(key, running);
    const all: ExecutionListener = {
      onCompiled: (stage) => tell((listener) => listener.onCompiled?.(stage)),
      onCase: (index, stage) => tell((listener) => listener.onCase?.(index, stage)),
      // Output as it comes is for who was there from the first byte on; all have it at the end.
      ...(first.onOutput && {
        onOutput: (stream, data) => {
          if (listeners.has(first)) first.onOutput?.(stream, data);
        },
      }),
    };
    settle(this.#finish(key, running, start({ ...ctx, signal: controller.signal }, all)));
    return running;
  }

  async #finish(key: string, running: Running, started: Promise<Execution>): Promise<Execution> {
    try {
      const execution = await started;
      if (this.#running.get(key) === running) this.#remember(key, running.digest, execution);
      return execution;
    } finally {
      if (this.#running.get(key) === running) this.#running.delete(key);
    }
  }

  async #wait(ctx: CallContext, key: string, running: Running, listener: ExecutionListener): Promise<Execution> {
    if (!running.listeners.has(listener)) for (const tell of running.past) tell(listener);
    running.listeners.add(listener);
    running.waiters++;
    try {
      return await orAborted(ctx, running.done);
    } finally {
      running.listeners.delete(listener);
      running.waiters--;
      if (running.waiters === 0 && this.#running.get(key) === running) {
        // Whoever asks again from now on starts anew.
        this.#running.delete(key);
        running.controller.abort(new SandlotError("cancelled", { detail: "everybody who waited for it has gone" }));
      }
    }
  }

  #remember(key: string, digest: string, execution: Execution): void {
    const bytes = executionBytes(execution);
    if (bytes > this.#options.bytes) return;
    this.#forget(1, bytes);
    const until = this.#options.clock.monotonic() + this.#options.rememberMs;
    this.#remembered.set(key, { digest, execution: compacted(execution), bytes, until });
    this.#bytes += bytes;
  }

  /** Forgets what is old, and the oldest until there is room for so much more. */
  #forget(answers: number, bytes: number): void {
    const now = this.#options.clock.monotonic();
    for (const [key, entry] of this.#remembered) {
      const isFull =
        this.#remembered.size + answers > this.#options.answers || this.#bytes + bytes > this.#options.bytes;
      if (entry.until > now && !isFull) return;
      this.#remembered.delete(key);
      this.#bytes -= entry.bytes;
    }
  }
}

function tellAll({ compile, cases }: Execution, listener: ExecutionListener): void {
  if (compile) listener.onCompiled?.(compile);
  for (const [index, stage] of cases.entries()) if (stage) listener.onCase?.(index, stage);
}
