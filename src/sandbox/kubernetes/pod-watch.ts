import type { V1Pod } from "@kubernetes/client-node";
import { type Clock, sleep } from "../../core/clock.ts";
import { type CallContext, orAborted, rootContext } from "../../core/context.ts";
import type { KubeApi } from "./api.ts";

/** Longest silence of a living watch: bookmarks come about every minute. */
const SILENCE_MS = 150_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;

export interface PodWatchOptions {
  readonly api: KubeApi;
  /** Label selector of the pods to know. */
  readonly selector: string;
  readonly clock: Clock;
  /** Between 0 and 1, so that servers do not come back in step. */
  readonly random: () => number;
}

/**
 * Knows the pods that somebody expects: a list, then what happens to them, then a list again whenever that ends, whether
 * in order, in silence or in trouble. One connection for all of them.
 */
export class PodWatch {
  readonly #options: PodWatchOptions;
  /** By name: undefined until the server has spoken of it, null when it has gone. */
  readonly #pods = new Map<string, V1Pod | null | undefined>();
  /** By name: hundreds wait at once, and each event concerns few of them. */
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #closed = new AbortController();
  #running: Promise<void> | null = null;
  #fresh: Promise<void> | null = null;

  constructor(options: PodWatchOptions) {
    this.#options = options;
  }

  /** Starts watching when first called; resolves when pods that are made from now on will be seen. Throws like a list. */
  async start(ctx: CallContext): Promise<void> {
    if (this.#running) return;
    this.#fresh ??= this.#begin(ctx);
    await this.#fresh;
  }

  /** From now on until `forget`, a pod of this name is known. */
  expect(name: string): void {
    if (!this.#pods.has(name)) this.#pods.set(name, undefined);
  }

  forget(name: string): void {
    this.#pods.delete(name);
  }

  /** The first value that `judge` makes of an expected pod, as it is or as it becomes; null when it has gone. */
  async until<T>(ctx: CallContext, name: string, judge: (pod: V1Pod | null) => T | undefined): Promise<T> {
    for (;;) {
      const pod = this.#pods.get(name);
      const value = pod === undefined ? undefined : judge(pod);
      if (value !== undefined) return value;
      let wake: () => void = () => undefined;
      const change = new Promise<void>((resolve) => (wake = resolve));
      const listeners = this.#listeners.get(name) ?? new Set();
      this.#listeners.set(name, listeners.add(wake));
      try {
        await orAborted(ctx, change);
      } finally {
        listeners.delete(wake);
        if (listeners.size === 0 && this.#listeners.get(name) === listeners) this.#listeners.delete(name);
      }
    }
  }

  close(): void {
    this.#closed.abort();
  }

  async #begin(ctx: CallContext): Promise<void> {
    try {
      const version = await this.#list(ctx);
      this.#running = this.#follow(version);
    } finally {
      this.#fresh = null;
    }
  }

  async #follow(first: string): Promise<void> {
    const { clock, random } = this.#options;
    const { signal } = this.#closed;
    const ctx = rootContext({ signal });
    let version: string | null = first;
    let pause = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      try {
        version ??= await this.#list(ctx);
        await this.#watch(version, () => (pause = FIRST_PAUSE_MS));
      } catch {
        // Whoever needs the cluster finds out by a call of its own; here it is only tried again.
      }
      version = null;
      await sleep(clock, pause * (0.5 + random()), signal).catch(() => undefined);
      // Until a watch brings something: a server that refuses them, or ends each at once, is not asked all the time.
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    }
  }

  async #list(ctx: CallContext): Promise<string> {
    const { pods, version } = await this.#options.api.listPods(ctx, this.#options.selector);
    const found = new Map(pods.map((pod) => [pod.metadata?.name ?? "", pod]));
    for (const [name, known] of this.#pods) {
      // One that the server has never spoken of may have been made since it wrote the list.
      this.#pods.set(name, found.get(name) ?? (known === undefined ? undefined : null));
    }
    for (const name of Array.from(this.#listeners.keys())) this.#wake(name);
    return version;
  }

  async #watch(version: string, onLife: () => void): Promise<void> {
    const { api, clock, selector } = this.#options;
    const silence = new AbortController();
    const onClose = () => silence.abort();
    this.#closed.signal.addEventListener("abort", onClose, { once: true });
    let cancel = clock.after(SILENCE_MS, onClose);
    try {
      await api.watchPods(
        selector,
        version,
        ({ type, pod }) => {
          cancel();
          cancel = clock.after(SILENCE_MS, onClose);
          onLife();
          if (type === "BOOKMARK") return;
          const name = pod.metadata?.name ?? "";
          if (!this.#pods.has(name)) return;
          this.#pods.set(name, type === "DELETED" ? null : pod);
          this.#wake(name);
        },
        silence.signal,
      );
    } finally {
      cancel();
      this.#closed.signal.removeEventListener("abort", onClose);
    }
  }

  #wake(name: string): void {
    const waiting = this.#listeners.get(name) ?? [];
    this.#listeners.delete(name);
    for (const wake of waiting) wake();
  }
}
