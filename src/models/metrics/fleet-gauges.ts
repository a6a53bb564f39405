import { Gauge, type Registry } from "prom-client";
import type { BalancerSnapshot } from "../balancer/index.ts";

/** Where a fleet stands. */
export interface FleetState {
  snapshot(): BalancerSnapshot;
  readonly advisedSessions: number | null;
}

const OF_REPLICA = ["model", "replica"] as const;

/** What is true at the moment a page is made: nothing is kept of replicas that have left. */
export class FleetGauges {
  readonly #all: Gauge[] = [];
  readonly #queue: Gauge<"model">;
  readonly #sessions: Gauge<"model">;
  readonly #advised: Gauge<"model">;
  readonly #state: Gauge<"model" | "replica" | "state">;
  readonly #perReplica: Readonly<Record<keyof typeof PER_REPLICA, Gauge<"model" | "replica">>>;
  readonly #version: Gauge<"model" | "replica">;

  constructor(registry: Registry) {
    const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]): Gauge<Label> => {
      const made = new Gauge({ name, help, labelNames, registers: [registry] });
      this.#all.push(made);
      return made;
    };
    this.#queue = gauge("lb_queue_depth", "Calls that wait for a replica", ["model"]);
    this.#sessions = gauge("lb_sessions", "Sessions that run", ["model"]);
    this.#advised = gauge("lb_advised_sessions", "Sessions that should run at once", ["model"]);
    this.#state = gauge("lb_replica_state", "1 for the state that a replica is in", [...OF_REPLICA, "state"]);
    const of = (name: keyof typeof PER_REPLICA) => gauge(name, PER_REPLICA[name], OF_REPLICA);
    this.#perReplica = {
      lb_inflight: of("lb_inflight"),
      lb_replica_sessions: of("lb_replica_sessions"),
      lb_resident_tokens: of("lb_resident_tokens"),
      lb_active_tokens: of("lb_active_tokens"),
      lb_kv_tokens: of("lb_kv_tokens"),
      lb_slowness: of("lb_slowness"),
      lb_still_seconds: of("lb_still_seconds"),
    };
    this.#version = gauge("lb_weight_version", "The number at the end of its weights' version", OF_REPLICA);
  }

  refresh(fleets: ReadonlyMap<string, FleetState>): void {
    for (const gauge of this.#all) gauge.reset();
    for (const [model, fleet] of fleets) {
      const { waiting, sessions, replicas } = fleet.snapshot();
      this.#queue.set({ model }, waiting);
      this.#sessions.set({ model }, sessions);
      if (fleet.advisedSessions !== null) this.#advised.set({ model }, fleet.advisedSessions);
      for (const one of replicas) {
        const labels = { model, replica: one.id };
        this.#state.set({ ...labels, state: one.state }, 1);
        const { lb_inflight, lb_replica_sessions, lb_resident_tokens, ...rest } = this.#perReplica;
        lb_inflight.set(labels, one.inFlight);
        lb_replica_sessions.set(labels, one.sessions);
        lb_resident_tokens.set(labels, one.residentTokens);
        rest.lb_active_tokens.set(labels, one.activeTokens);
        rest.lb_kv_tokens.set(labels, one.kvTokens);
        rest.lb_slowness.set(labels, one.slowness);
        rest.lb_still_seconds.set(labels, one.stillMs / 1000);
        // As a value: as a label, each update would begin a new series for each replica.
        const number = /\d{1,15}$/.exec(one.weightVersion ?? "")?.[0];
        if (number !== undefined) this.#version.set(labels, Number(number));
      }
    }
  }
}

const PER_REPLICA = {
  lb_inflight: "Calls in flight",
  lb_replica_sessions: "Sessions that live there",
  lb_resident_tokens: "Tokens of its sessions and their groups' prompts",
  lb_active_tokens: "Tokens of the calls in flight",
  lb_kv_tokens: "Tokens that its KV cache holds",
  lb_slowness: "Time for a token beside the fleet's median",
  lb_still_seconds: "How long its engine has stood still with calls in flight",
} as const;
