import type { Clock } from "../../core/clock.ts";
import type { CallContext } from "../../core/context.ts";
import type { ModelClient } from "../../models/port.ts";
import { Gate } from "./gate.ts";
import { modelRooms } from "./model-rooms.ts";
import { Outage } from "./outage.ts";
import { isModelRefusal, isSandboxRefusal } from "./refusals.ts";

export interface AdmissionOptions {
  /** Rollouts in flight at most. */
  readonly concurrency: number;
  /** At once, at most, in this process. */
  readonly limits: AdmissionLimits;
  readonly models: ReadonlyMap<string, ModelClient>;
  /** How long calls of a model that is down go on trying, milliseconds. */
  readonly outagePatienceMs: number;
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
  /** Environments of which nothing may begin. */
  readonly closed: readonly string[];
  /** Whether the process comes late: then nothing is claimed in haste. */
  readonly isLate: boolean;
}

/** Where a limit stands: how many it lets in at once at the moment, are in, and wait. */
export interface GateState {
  readonly gate: SandboxGate | "modelCalls";
  /** Null where it is for all. */
  readonly model: string | null;
  readonly limit: number;
  readonly inside: number;
  readonly waiting: number;
}

/** Where all limits of a worker stand. */
export interface AdmissionState {
  readonly gates: readonly GateState[];
  /** Whether a model counts as down, and the calls that wait for its return. */
  readonly outages: readonly { readonly model: string; readonly isOpen: boolean; readonly waiting: number }[];
}

/** What admission must know of an environment. */
export interface AdmittedEnvironment {
  readonly name: string;
  readonly manifest: { readonly sandboxes: object };
}

/** What of an environment waits for sandboxes. */
export type SandboxGate = "sandboxStarts" | "verifications";

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
  readonly #options: AdmissionOptions;
  readonly #sandboxes: Readonly<Record<SandboxGate, Gate>>;
  readonly #models: ReadonlyMap<string, ModelAdmission>;
  /** Environments that have been seen to need sandboxes. */
  readonly #sandboxed = new Set<string>();
  #atOnce = CLAIMED_AT_ONCE;
  #lookedAt = -Infinity;

  constructor(options: AdmissionOptions) {
    const { limits, models, outagePatienceMs: patienceMs, clock, random } = options;
    const gate = (max: number, isRefusal: (error: unknown) => boolean) => new Gate({ max, isRefusal, clock, random });
    const ofModel = (model: string): ModelAdmission => ({
      gate: gate(limits.modelCalls, isModelRefusal),
      outage: new Outage({ model, patienceMs, clock }),
    });
    this.#options = options;
    this.#sandboxes = {
      sandboxStarts: gate(limits.sandboxStarts, isSandboxRefusal),
      verifications: gate(limits.verifications, isSandboxRefusal),
    };
    this.#models = new Map(Array.from(models.keys(), (name) => [name, ofModel(name)]));
  }

  /** The client, whose calls wait for their places, and for the end of an outage. */
  admitted(client: ModelClient): ModelClient {
    const of = this.#models.get(client.name);
    if (!of) return client;
    return {
      ...client,
      respond: (ctx: CallContext, request, turn) =>
        of.outage.run(ctx, turn?.caller.group ?? null, () =>
          of.gate.run(ctx, () => client.respond(ctx, request, turn)),
        ),
    };
  }

  /** What `fn` comes to; where the environment has sandboxes, in a place among those that need one. */
  withSandbox<T>(
    ctx: CallContext,
    gate: SandboxGate,
    { name, manifest }: AdmittedEnvironment,
    fn: () => Promise<T>,
  ): Promise<T> {
    if (Object.keys(manifest.sandboxes).length === 0) return fn();
    this.#sandboxed.add(name);
    return this.#sandboxes[gate].run(ctx, fn);
  }

  /** What may be claimed beside the `active` rollouts in flight, of which so many are of each model. */
  room(active: number, ofModel: ReadonlyMap<string, number>): ClaimRoom {
    this.#look();
    const { concurrency, models, limitOf } = this.#options;
    const limit = Math.max(0, Math.min(this.#atOnce, concurrency - active));
    const rooms = modelRooms(models.keys(), ofModel, limitOf);
    for (const [name, { gate, outage }] of this.#models) {
      if (isFull(gate)) rooms.set(name, 0);
      // One, so that somebody finds out when the outage is over.
      else if (outage.isOpen) rooms.set(name, ofModel.has(name) ? 0 : 1);
    }
    const isClosed = Object.values(this.#sandboxes).some(isFull);
    return { limit, rooms, closed: isClosed ? [...this.#sandboxed] : [], isLate: this.#atOnce < CLAIMED_AT_ONCE };
  }

  /** Where each limit stands. */
  get state(): AdmissionState {
    const { sandboxStarts, verifications } = this.#sandboxes;
    const models = Array.from(this.#models, ([model, of]) => ({ model, ...of }));
    return {
      gates: [
        stateOf("sandboxStarts", null, sandboxStarts),
        stateOf("verifications", null, verifications),
        ...models.map(({ model, gate }) => stateOf("modelCalls", model, gate)),
      ],
      outages: models.map(({ model, outage: { isOpen, waiting } }) => ({ model, isOpen, waiting })),
    };
  }

  #look(): void {
    const { clock, eventLoopDelayMs } = this.#options;
    if (clock.monotonic() - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = clock.monotonic();
    const isLate = eventLoopDelayMs() > SLOW_LOOP_MS;
    this.#atOnce = isLate ? Math.max(1, this.#atOnce >> 1) : Math.min(CLAIMED_AT_ONCE, 2 * this.#atOnce);
  }
}

interface ModelAdmission {
  readonly gate: Gate;
  readonly outage: Outage;
}

function stateOf(gate: GateState["gate"], model: string | null, { limit, inside, waiting }: Gate): GateState {
  return { gate, model, limit, inside, waiting };
}

function isFull(gate: Gate): boolean {
  return gate.expectedWaitMs > LONG_WAIT_MS;
}
