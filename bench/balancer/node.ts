import { Engine, type EngineEvent, type EngineShape } from "../../src/models/stand-in/engine/index.ts";
import type { VirtualClock } from "./event-queue.ts";

/** One simulated replica: the stand-in's engine on the virtual clock. */
export class Node {
  readonly #clock: VirtualClock;
  readonly #shape: Partial<EngineShape>;
  readonly #onEvent: (event: EngineEvent) => void;
  #engine: Engine;
  #isStepping = false;
  /** Counts engines, so that the step of one that is gone has no effect. */
  #life = 0;
  /** Of engines that are gone. */
  #pastPreemptions = 0;
  status: "up" | "down" | "hung" = "up";
  /** Time a step takes beside a healthy replica. */
  slow = 1;
  version = "v0";

  constructor(clock: VirtualClock, shape: Partial<EngineShape>, onEvent: (event: EngineEvent) => void) {
    this.#clock = clock;
    this.#shape = shape;
    this.#onEvent = onEvent;
    this.#engine = new Engine(shape);
  }

  get counters() {
    return this.#engine.counters;
  }

  get preemptions(): number {
    return this.#pastPreemptions + this.#engine.counters.preemptions;
  }

  submit(request: Parameters<Engine["submit"]>[0]): void {
    this.#engine.submit(request);
    this.#kick();
  }

  abort(id: string): void {
    this.#engine.abort(id);
  }

  /** What it had is lost; its cache, too. */
  crash(): void {
    this.status = "down";
    this.#life++;
    this.#pastPreemptions = this.preemptions;
    this.#engine = new Engine(this.#shape);
    this.#isStepping = false;
  }

  start(): void {
    this.status = "up";
  }

  /** Makes no further steps and says nothing of it. */
  hang(): void {
    this.status = "hung";
    this.#life++;
  }

  pause(): void {
    this.#engine.pause("keep");
  }

  resume(version: string): void {
    this.version = version;
    this.#engine.resume();
    this.#kick();
  }

  #kick(): void {
    if (this.#isStepping || this.status !== "up") return;
    const step = this.#engine.step();
    if (!step) return;
    this.#isStepping = true;
    const life = this.#life;
    this.#clock.after(step.ms * this.slow, () => {
      if (life !== this.#life) return;
      this.#isStepping = false;
      for (const event of step.events) this.#onEvent(event);
      this.#kick();
    });
  }
}
