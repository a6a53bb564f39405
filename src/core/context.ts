import { setMaxListeners } from "node:events";
import { type Clock, systemClock } from "./clock.ts";
import { SandlotError } from "./errors/sandlot-error.ts";
import { type Logger, silentLogger } from "./logger.ts";
import { randomHex } from "./random-hex.ts";

/**
 * What a caller may do. `hidden_tests` allows reading rows and expected outputs, `sandboxes` running programs, `admin` seeing
 * and steering the pools and sandboxes of the caller's tenant, `operator` those of all tenants.
 */
export const SCOPES = ["jobs", "hidden_tests", "sandboxes", "admin", "operator"] as const;
export type Scope = (typeof SCOPES)[number];

/** Everything that a caller may do within its own tenant. */
export const TENANT_SCOPES: readonly Scope[] = SCOPES.filter((scope) => scope !== "operator");

/** On whose behalf a call is made. */
export interface Principal {
  readonly tenant: string;
  readonly scopes: readonly Scope[];
}

/** The tenant of everything for which nobody named one. */
export const DEFAULT_TENANT = "default";

/** The principal of the local user and of the server's own work. */
export const LOCAL_PRINCIPAL: Principal = { tenant: DEFAULT_TENANT, scopes: SCOPES };

/** The one argument that every port call takes first. */
export interface CallContext {
  /** Aborted when the result is no longer wanted; its reason is a SandlotError. */
  readonly signal: AbortSignal;
  /** Latest useful end in epoch milliseconds; `Infinity` only at the root of a process. */
  readonly deadline: number;
  readonly principal: Principal;
  /** W3C `traceparent` of the work this call belongs to. */
  readonly trace: string;
  readonly logger: Logger;
  /** Stops the clock of a time limit that counts work alone, while a place of the platform's is waited for; the answer sets it going again. */
  readonly pause?: () => () => void;
}

export interface RootContextOptions {
  signal?: AbortSignal;
  principal?: Principal;
  logger?: Logger;
}

/** The context at the root of a process, a request or a test. */
export function rootContext(options: RootContextOptions = {}): CallContext {
  return {
    signal: manyListeners(options.signal ?? new AbortController().signal),
    deadline: Infinity,
    principal: options.principal ?? LOCAL_PRINCIPAL,
    trace: newTrace(),
    logger: options.logger ?? silentLogger,
  };
}

/** Thousands of rollouts listen to one signal; each listener goes with its work, so the usual leak warning is noise. */
const MAX_LISTENERS = 1_000_000;

function manyListeners(signal: AbortSignal): AbortSignal {
  setMaxListeners(MAX_LISTENERS, signal);
  return signal;
}

/** A fresh W3C `traceparent`, not sampled. */
export function newTrace(): string {
  return `00-${randomHex(16)}-${randomHex(8)}-00`;
}

export interface ScopeOptions {
  /** Time limit in milliseconds for `fn`; the parent's deadline still holds when it is earlier. */
  timeoutMs?: number;
  /** What is being waited for, for the error's context. */
  waitingFor?: string;
  clock?: Clock;
  logger?: Logger;
  /** Ends the child with its reason, too. */
  until?: AbortSignal;
}

/**
 * Runs `fn` under a child context that ends with the parent's signal or after `timeoutMs`. Listener and timer
 * are gone when `fn` settles, so long-lived parents collect nothing. A passed limit aborts the child signal
 * with `deadline_exceeded`; `fn` is expected to honour its signal.
 */
export async function withScope<T>(
  parent: CallContext,
  options: ScopeOptions,
  fn: (ctx: CallContext) => Promise<T>,
): Promise<T> {
  const clock = options.clock ?? systemClock;
  const controller = new AbortController();
  const signals = options.until ? [parent.signal, options.until] : [parent.signal];
  const onAbort = () => controller.abort(signals.find(({ aborted }) => aborted)?.reason);
  if (signals.some(({ aborted }) => aborted)) onAbort();
  else for (const signal of signals) signal.addEventListener("abort", onAbort, { once: true });
  const own = options.timeoutMs === undefined ? Infinity : clock.now() + options.timeoutMs;
  const deadline = Math.min(parent.deadline, own);
  const cancelTimer =
    deadline === Infinity
      ? () => undefined
      : clock.after(Math.max(0, deadline - clock.now()), () => {
          const waitingFor = options.waitingFor ?? "the operation";
          controller.abort(new SandlotError("deadline_exceeded", { waiting_for: waitingFor }));
        });
  try {
    const { principal, trace, pause } = parent;
    const logger = options.logger ?? parent.logger;
    const signal = manyListeners(controller.signal);
    return await fn({ signal, deadline, principal, trace, logger, ...(pause && { pause }) });
  } finally {
    cancelTimer();
    for (const signal of signals) signal.removeEventListener("abort", onAbort);
  }
}

/** Throws the signal's reason when the call is no longer wanted. */
export function throwIfEnded(ctx: CallContext): void {
  if (ctx.signal.aborted) throw ctx.signal.reason;
}

/** What `fn` comes to; the wait for it is nobody's work (`CallContext.pause`). */
export async function whilePaused<T>({ pause }: CallContext, fn: () => Promise<T>): Promise<T> {
  const goOn = pause?.();
  try {
    return await fn();
  } finally {
    goOn?.();
  }
}

/**
 * The value of `promise`, or the signal's reason as soon as it is aborted. For waits on things that have no
 * signal of their own; the underlying work goes on unobserved.
 */
export function orAborted<T>(ctx: CallContext, promise: Promise<T>): Promise<T> {
  const { signal } = ctx;
  if (signal.aborted) {
    promise.catch(() => undefined);
    return Promise.reject(signal.reason as Error);
  }
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    const settled = () => signal.removeEventListener("abort", onAbort);
    promise.then(
      (value) => {
        settled();
        resolve(value);
      },
      (error: unknown) => {
        settled();
        reject(error);
      },
    );
  });
}
