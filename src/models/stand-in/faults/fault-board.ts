import type { Clock } from "../../../core/clock.ts";
import { seededRandom } from "../text/random.ts";
import type { Fault, FaultKind } from "./fault.ts";

type Of<K extends FaultKind> = Extract<Fault, { kind: K }>;

/** The faults of a replica that are on. */
export class FaultBoard {
  readonly #clock: Clock;
  readonly #changed: (board: FaultBoard) => void;
  readonly #random = seededRandom(1);
  readonly #faults = new Map<FaultKind, Fault>();
  readonly #left = new Map<FaultKind, number>();
  #flapsSince = 0;

  /** `changed` is called after each change by hand. */
  constructor(clock: Clock, changed: (board: FaultBoard) => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /** Turns faults on; one of a kind that is on already replaces it. */
  add(...faults: readonly Fault[]): void {
    for (const fault of faults) {
      this.#faults.set(fault.kind, fault);
      this.#left.delete(fault.kind);
      if ("times" in fault && fault.times !== undefined) this.#left.set(fault.kind, fault.times);
      if (fault.kind === "flapping") this.#flapsSince = this.#clock.monotonic();
    }
    this.#changed(this);
  }

  /** Turns faults off: those of the kinds, or all. */
  clear(...kinds: readonly FaultKind[]): void {
    for (const kind of kinds.length > 0 ? kinds : this.#faults.keys()) this.#faults.delete(kind);
    this.#changed(this);
  }

  /** Those that are on, with the calls they have left. */
  list(): Fault[] {
    return Array.from(this.#faults.values(), (fault) => {
      const left = this.#left.get(fault.kind);
      return left === undefined ? fault : { ...fault, times: left };
    });
  }

  /** The fault, when it is on; strikes nobody. */
  on<K extends FaultKind>(kind: K): Of<K> | null {
    return (this.#faults.get(kind) as Of<K> | undefined) ?? null;
  }

  /** The fault, when it strikes this call: counts it. */
  strike<K extends FaultKind>(kind: K): Of<K> | null {
    const fault = this.on(kind);
    if (!fault) return null;
    if ("probability" in fault && fault.probability !== undefined && this.#random() >= fault.probability) return null;
    const left = this.#left.get(kind);
    if (left === undefined) return fault;
    if (left <= 1) this.#faults.delete(kind);
    this.#left.set(kind, left - 1);
    return fault;
  }

  /** Whether a flapping replica is away now. */
  get away(): boolean {
    const flapping = this.on("flapping");
    if (!flapping) return false;
    const at = (this.#clock.monotonic() - this.#flapsSince) % (flapping.up_ms + flapping.down_ms);
    return at >= flapping.up_ms;
  }
}
