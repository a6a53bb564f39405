import type { Clock } from "../../core/clock.ts";
import type { Sandbox } from "../port.ts";
import type { PoolLimits } from "./limits.ts";

/** How long a sandbox is believed to be well without asking it. Milliseconds. */
const TRUSTED_MS = 250;
/**
 * Multiple of its greatest age at which a sandbox is removed whoever holds it: before its label expires at three times that
 * age, when another server's reaper would take it for left over.
 */
const END_OF_LIFE = 2.5;

/** One sandbox of a pool and what it is being used for. */
export class Member {
  readonly sandbox: Sandbox;
  /** Leases at once. */
  readonly slots: number;
  /** Leases that hold it now. */
  users = 0;
  /** Leases it has had. */
  uses = 0;
  /** Held whole by one lease, and removed afterwards. */
  exclusive = false;
  /** Gets no more leases, and is removed as soon as nobody holds it. */
  retiring = false;
  /** Set aside until it answers: it was asked how it is and is taking its time. */
  suspect = false;
  /** Nobody may use it any more, not even who was just given it. */
  spoilt = false;
  gone = false;
  idleSince: number;
  /** A question of how it is that has not been answered yet. */
  checking: Promise<boolean> | null = null;
  readonly #createdAt: number;
  #provenAt: number;
  readonly #clock: Clock;
  readonly #limits: Pick<PoolLimits, "maxRuns" | "maxAgeMs">;

  constructor(sandbox: Sandbox, slots: number, limits: Pick<PoolLimits, "maxRuns" | "maxAgeMs">, clock: Clock) {
    this.sandbox = sandbox;
    this.#clock = clock;
    // Without namespaces a sandbox is good for one run.
    this.slots = sandbox.mode === "C" ? 1 : slots;
    this.#limits = sandbox.mode === "C" ? { ...limits, maxRuns: 1 } : limits;
    this.#createdAt = this.idleSince = this.#provenAt = clock.monotonic();
  }

  get fresh(): boolean {
    return this.uses === 0;
  }

  get ageMs(): number {
    return this.#clock.monotonic() - this.#createdAt;
  }

  /** Milliseconds since the last lease came back; 0 while it is held. */
  get idleMs(): number {
    return this.users > 0 ? 0 : this.#clock.monotonic() - this.idleSince;
  }

  get worn(): boolean {
    return (
      this.sandbox.worn || this.exclusive || this.uses >= this.#limits.maxRuns || this.ageMs >= this.#limits.maxAgeMs
    );
  }

  /** Whether it must go even if it is held. */
  get expired(): boolean {
    return this.ageMs >= END_OF_LIFE * this.#limits.maxAgeMs;
  }

  /** Whether it has shown so lately that it is well that it need not be asked. */
  get trusted(): boolean {
    return !this.spoilt && this.#clock.monotonic() - this.#provenAt < TRUSTED_MS;
  }

  /** It has answered, or work in it has come to its end. */
  prove(): void {
    this.#provenAt = this.#clock.monotonic();
  }

  take(exclusive: boolean): void {
    this.users++;
    this.uses++;
    this.exclusive = exclusive;
  }

  /** Undoes a `take` of which nothing came: not a byte has run. */
  giveBack(): void {
    this.users--;
    this.uses--;
    this.exclusive = false;
  }

  release(): void {
    this.users--;
    if (this.users === 0) this.idleSince = this.#clock.monotonic();
  }
}
