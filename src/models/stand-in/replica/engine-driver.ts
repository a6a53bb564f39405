import type { Clock } from "../../../core/clock.ts";
import { chainBlocks, type Engine, type EngineEvent, type EngineStep, type PauseMode } from "../engine/index.ts";
import type { Generation } from "./generation.ts";

/** Milliseconds of real time after which a driver that is behind lets others have the event loop. */
const SLICE_MS = 5;

/** What the driver tells of generations. */
export interface DriverEvents {
  /** The version of the weights that generate now. */
  version(): string;
  stepped(step: EngineStep): void;
  /** Tokens came, and the generation's times are still those before them. */
  tokens(generation: Generation, now: number): void;
  ended(generation: Generation): void;
}

/** The engine is dead; what waited for it gets this. */
export class EngineDeadError extends Error {
  constructor() {
    super("EngineCore encountered an issue. See stack trace (above) for the root cause.");
  }
}

interface Waiter {
  readonly generation: Generation;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Lets an engine run in (scaled) real time: one timer for all its sequences. */
export class EngineDriver {
  readonly engine: Engine;
  /** Times faster than real; Infinity waits for nothing. */
  readonly #speed: number;
  readonly #clock: Clock;
  readonly #events: DriverEvents;
  readonly #waiters = new Map<string, Waiter>();
  readonly #drains: (() => void)[] = [];
  #step: EngineStep | null = null;
  /** When the step under way began and ends, on the monotonic clock. */
  #began = 0;
  #due = 0;
  #cancel: (() => void) | null = null;
  #advancing = false;
  #slowness = 1;
  #hung = false;
  #dead = false;
  #closed = false;

  constructor(options: { engine: Engine; speed: number; clock: Clock; events: DriverEvents }) {
    this.engine = options.engine;
    this.#speed = options.speed;
    this.#clock = options.clock;
    this.#events = options.events;
  }

  /** Resolves when the generation has ended, be it aborted; rejects with EngineDeadError. */
  run(generation: Generation): Promise<void> {
    const { id, plan } = generation;
    if (this.#dead || this.#closed) return Promise.reject(new EngineDeadError());
    const all = [...plan.prompt, ...plan.tokens];
    this.engine.submit({
      id,
      promptTokens: plan.prompt.length,
      outputTokens: plan.tokens.length,
      blocks: chainBlocks(all, this.engine.shape.blockTokens, plan.salt),
      priority: plan.priority,
    });
    return new Promise((resolve, reject) => {
      this.#waiters.set(id, { generation, resolve, reject });
      this.#wake();
    });
  }

  /** Ends the generations of calls with what they have; all when no calls are given. Answers how many there were. */
  abort(callIds?: readonly string[]): number {
    const generations = Array.from(this.#waiters.values(), ({ generation }) => generation);
    const found = generations.filter(({ id, callId }) => (callIds?.includes(callId) ?? true) && this.engine.abort(id));
    this.#endAborted(found.map(({ id }) => id));
    return found.length;
  }

  /** The caller is gone: frees its place; nobody is told. */
  drop(id: string): void {
    if (!this.#waiters.delete(id)) return;
    this.engine.abort(id);
    this.#drained();
  }

  /** Resolves when the pause has come: with `wait`, after the last request. */
  async pause(mode: PauseMode): Promise<void> {
    this.#endAborted(this.engine.pause(mode));
    if (mode === "wait" && !this.#idle) await new Promise<void>((resolve) => this.#drains.push(resolve));
  }

  resume(): void {
    this.engine.resume();
    this.#drained(true);
    this.#wake();
  }

  sleep(level: 1 | 2): void {
    this.#endAborted(this.engine.sleep(level));
  }

  /** Factor on all times; 1 is none. */
  set slowness(factor: number) {
    this.#slowness = factor;
  }

  /** No more steps, as when the engine's process is stopped; requests stay. */
  set hung(hung: boolean) {
    this.#hung = hung;
    if (hung) this.#halt();
    else this.#wake();
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Fails all requests, and those to come, until it is revived. */
  set dead(dead: boolean) {
    if (dead === this.#dead) return;
    this.#dead = dead;
    if (!dead) return;
    this.#failAll();
  }

  /** Fails all requests and stops. */
  close(): void {
    this.#closed = true;
    this.#failAll();
  }

  #failAll(): void {
    this.#halt();
    this.#step = null;
    this.engine.abortAll();
    const waiters = [...this.#waiters.values()];
    this.#waiters.clear();
    for (const { reject } of waiters) reject(new EngineDeadError());
    this.#drained(true);
  }

  #halt(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #wake(): void {
    if (this.#cancel || this.#advancing) return;
    this.#due = Math.max(this.#due, this.#clock.monotonic());
    this.#advance();
  }

  /** Tells what is due, computes the next steps and sets the timer for the first that is not due. */
  #advance(): void {
    this.#cancel = null;
    this.#advancing = true;
    const start = this.#clock.monotonic();
    for (let now = start; !this.#hung && !this.#dead && !this.#closed; now = this.#clock.monotonic()) {
      if (this.#step && (this.#due > now || now - start > SLICE_MS)) {
        this.#cancel = this.#clock.after(Math.max(0, this.#due - now), () => this.#advance());
        break;
      }
      const step = this.#step;
      this.#step = null;
      if (step) this.#tell(step, now);
      this.#step = this.engine.step();
      if (!this.#step) break;
      this.#began = this.#due;
      this.#due += (this.#step.ms * this.#slowness) / this.#speed;
    }
    this.#advancing = false;
  }

  #tell(step: EngineStep, now: number): void {
    this.#events.stepped(step);
    for (const event of step.events) {
      const waiter = this.#waiters.get(event.id);
      if (waiter) this.#tellOne(event, waiter, now);
    }
    this.#drained();
  }

  #tellOne(event: EngineEvent, { generation, resolve, reject }: Waiter, now: number): void {
    const { times } = generation;
    switch (event.type) {
      case "started":
        generation.cachedTokens = event.cachedTokens;
        times.started = this.#began;
        break;
      case "preempted":
        generation.preemptions++;
        break;
      case "tokens": {
        generation.deliver(event.count, this.#events.version());
        this.#events.tokens(generation, now);
        times.first ??= now;
        times.last = now;
        generation.onTokens?.();
        break;
      }
      case "finished":
        this.#waiters.delete(event.id);
        generation.finish = generation.plan.finish;
        this.#events.ended(generation);
        if (generation.plan.finish === "error") reject(new EngineDeadError());
        else resolve();
        break;
    }
  }

  #endAborted(ids: readonly string[]): void {
    for (const id of ids) {
      const waiter = this.#waiters.get(id);
      if (!waiter) continue;
      this.#waiters.delete(id);
      waiter.generation.finish = "abort";
      this.#events.ended(waiter.generation);
      waiter.resolve();
    }
    this.#drained();
  }

  get #idle(): boolean {
    return !this.engine.busy && !this.#step;
  }

  #drained(anyway = false): void {
    if (this.#drains.length === 0 || !(anyway || this.#idle)) return;
    for (const resolve of this.#drains.splice(0)) resolve();
  }
}
