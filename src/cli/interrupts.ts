import { SandlotError } from "../core/errors/sandlot-error.ts";
import type { EndSignal, SignalSource } from "./io.ts";

const SIGNALS: readonly EndSignal[] = ["SIGINT", "SIGTERM"];

/** Ctrl-C and SIGTERM: the first one asks the command to end in good order, the second one ends it. */
export class Interrupts {
  /** Resolves at the second signal. */
  readonly second: Promise<void>;
  readonly #controller = new AbortController();
  readonly #source: SignalSource;
  readonly #listener: () => void;

  constructor(source: SignalSource) {
    this.#source = source;
    const { promise, resolve } = deferred();
    this.second = promise;
    this.#listener = () => (this.signal.aborted ? resolve() : this.interrupt("interrupted"));
    for (const signal of SIGNALS) source.on(signal, this.#listener);
  }

  /** Aborted at the first signal; its reason is a `cancelled` error. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Acts as a first signal. */
  interrupt(detail: string): void {
    this.#controller.abort(new SandlotError("cancelled", { detail }));
  }

  /** Leaves the signals to their defaults again. */
  close(): void {
    for (const signal of SIGNALS) this.#source.off(signal, this.#listener);
  }
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = deferred();
  if (signal.aborted) resolve();
  else signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}

/** The promise's value, or the signal's reason as soon as it is aborted; the work itself goes on unobserved. */
export async function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return Promise.race([
    promise,
    aborted(signal).then((): never => {
      throw signal.reason;
    }),
  ]);
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => undefined as void;
  const promise = new Promise<void>((r) => {
    resolve = r;
  });
  return { promise, resolve };
}
