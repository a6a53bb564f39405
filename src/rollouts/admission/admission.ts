import type { Clock } from "../../core/clock.ts";
import type { CallContext } from "../../core/context.ts";
import type { ModelClient } from "../../models/port.ts";
import { Gate } from "./gate.ts";
import { modelRooms } from "./model-rooms.ts";
import { isModelRefusal, isSandboxRefusal } from "./refusals.ts";

export interface AdmissionOptions {
  /** Rollouts in flight at most. */
  readonly concurrency: number;
  /** At once, at most, in this process. */
  readonly limits: AdmissionLimits;
  readonly models: ReadonlyMap<string, ModelClient>;
  /** Rollouts of one model in flight, as its fleet advises at the moment; null for no limit. */
  readonly limitOf: (model: string) => number | null;
  /** How late timers fire since this was last asked, 99th percentile. Milliseconds. */
  readonly eventLoopDelayMs: () => number;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
}

export interface AdmissionLimits {
  /** Calls of one model. */
  readonly modelCalls: number;
  /** Sandboxes and sessions that are being got for a task's beginning. */
  readonly sandboxStarts: number;
  readonly verifications: number;
}

/** What may be claimed now. */
export interface ClaimRoom {
  readonly limit: number;
  /** Of those models that bear only so many at once. */
  readonly rooms: ReadonlyMap<string, number>;
  /** Whether the process comes late: then nothing is claimed in haste. */
  readonly isLate: boolean;
}

/** Above it the process comes late; milliseconds. */
const SLOW_LOOP_MS = 100;
/** Rollouts that begin in one go: more would keep the event loop from everything else. */
const CLAIMED_AT_ONCE = 100;
/** Nothing is begun that would wait longer for its place, milliseconds: waiting in the queue is safer, and others may take it from there. */
const LONG_WAIT_MS = 60_000;
/** How often the event loop is looked at, milliseconds. */
const LOOK_MS = 500;

/**
 * Who may begin, and who may go on: separate limits for model calls, sandbox starts and verifications, each lowered by refusals
 * and raised by what goes well. While the process itself comes late, fewer begin at a time: what is in flight already, mostly waits.
 */
export class Admission {
  readonly sandboxStarts: Gate;
  readonly verifications: Gate;
  readonly #options: AdmissionOptions;
  readonly #models: ReadonlyMap<string, Gate>;
  #atOnce = CLAIMED_AT_ONCE;
  #lookedAt = -Infinity;

  constructor(options: AdmissionOptions) {
    const { limits, models, clock, random } = options;
    const gate = (max: number, isRefusal: (error: unknown) => boolean) => new Gate({ max, isRefusal, clock, random });
    this.#options = options;
    this.sandboxStarts = gate(limits.sandboxStarts, isSandboxRefusal);
    this.verifications = gate(limits.verifications, isSandboxRefusal);
    this.#models = new Map(Array.from(models.keys(), (name) => [name, gate(limits.modelCalls, isModelRefusal)]));
  }

  /** The client, whose calls wait for their places. */
  admitted(client: ModelClient): ModelClient {
    const gate = this.#models.get(client.name);
    if (!gate) return client;
    return {
      ...client,
      respond: (ctx: CallContext, request, turn) => gate.run(ctx, () => client.respond(ctx, request, turn)),
    };
  }

  /** What may be claimed beside the `active` rollouts in flight, of which so many are of each model. */
  room(active: number, ofModel: ReadonlyMap<string, number>): ClaimRoom {
    this.#look();
    const { concurrency, models, limitOf } = this.#options;
    const full = [this.sandboxStarts, this.verifications].some(isFull);
    const limit = full ? 0 : Math.max(0, Math.min(this.#atOnce, concurrency - active));
    const rooms = modelRooms(models.keys(), ofModel, limitOf);
    for (const [name, gate] of this.#models) if (isFull(gate)) rooms.set(name, 0);
    return { limit, rooms, isLate: this.#atOnce < CLAIMED_AT_ONCE };
  }

  #look(): void {
    const { clock, eventLoopDelayMs } = this.#options;
    if (clock.monotonic() - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = clock.monotonic();
    const isLate = eventLoopDelayMs() > SLOW_LOOP_MS;
    this.#atOnce = isLate ? Math.max(1, this.#atOnce >> 1) : Math.min(CLAIMED_AT_ONCE, 2 * this.#atOnce);
  }
}

function isFull(gate: Gate): boolean {
  return gate.expectedWaitMs > LONG_WAIT_MS;
}
