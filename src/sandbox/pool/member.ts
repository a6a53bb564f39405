import type { Clock } from "../../core/clock.ts";
import type { Sandbox } from "../port.ts";
import type { PoolLimits } from "./limits.ts";

/** One sandbox of a pool and what it is being used for. */
export class Member {
  readonly sandbox: Sandbox;
  readonly createdAt: number;
  /** Leases that hold it now. */
  users = 0;
  /** Leases it has had. */
  uses = 0;
  /** Held whole by one lease, and removed afterwards. */
  exclusive = false;
  /** To be removed as soon as nobody holds it. */
  retiring = false;
  gone = false;
  idleSince: number;
  /** Leases at once. */
  readonly slots: number;
  readonly #clock: Clock;
  readonly #limits: PoolLimits;

  constructor(sandbox: Sandbox, slots: number, limits: PoolLimits, clock: Clock) {
    this.sandbox = sandbox;
    this.#clock = clock;
    // Without namespaces a sandbox is good for one run.
    this.slots = sandbox.mode === "C" ? 1 : slots;
    this.#limits = sandbox.mode === "C" ? { ...limits, maxRuns: 1 } : limits;
    this.createdAt = clock.monotonic();
    this.idleSince = this.createdAt;
  }

  get fresh(): boolean {
    return this.uses === 0;
  }

  get worn(): boolean {
    const age = this.#clock.monotonic() - this.createdAt;
    return this.exclusive || this.uses >= this.#limits.maxRuns || age >= this.#limits.maxAgeMs;
  }

  /** Whether another lease of this kind may have it. */
  canServe(exclusive: boolean): boolean {
    if (this.gone || this.retiring || this.worn) return false;
    return exclusive ? this.fresh && this.users === 0 : this.users < this.slots;
  }

  take(exclusive: boolean): void {
    this.users++;
    this.uses++;
    this.exclusive = exclusive;
  }

  release(): void {
    this.users--;
    if (this.users === 0) this.idleSince = this.#clock.monotonic();
    if (this.worn) this.retiring = true;
  }
}
