import { Counter, Histogram, Registry } from "prom-client";
import type { CallUsage } from "../balancer/index.ts";
import { FleetGauges, type FleetState } from "./fleet-gauges.ts";
import type { CallObserver, GatewayObserver } from "./observers.ts";

/** Seconds, from what a busy process adds to what an hour's generation takes. */
const SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1_800];

/**
 * What operators watch of fleets and of the gateway, in Prometheus' text format. Labels are of closed lists, but for names of models
 * and replicas, both configured; counters of a replica that has left are forgotten.
 */
export class ModelMetrics implements GatewayObserver {
  readonly registry = new Registry();
  readonly #fleets = new Map<string, FleetState>();
  readonly #gauges = new FleetGauges(this.registry);
  /** Labels of `#requests` by model and replica, to forget them by. */
  readonly #outcomes = new Map<string, Map<string, Set<string>>>();
  readonly #requests = new Counter({
    name: "lb_requests_total",
    help: "Tries of calls, by how they ended",
    labelNames: ["model", "replica", "outcome"],
    registers: [this.registry],
  });
  readonly #decisions = new Counter({
    name: "lb_decision_total",
    help: "Calls that were placed, by the reason for the place",
    labelNames: ["model", "reason"],
    registers: [this.registry],
  });
  readonly #queue = new Histogram({
    name: "lb_queue_seconds",
    help: "Wait for a replica",
    labelNames: ["model"],
    buckets: SECONDS,
    registers: [this.registry],
  });
  readonly #tokens = new Counter({
    name: "lb_tokens_total",
    help: "Tokens of answered calls, as the engine counted them",
    labelNames: ["model", "kind"],
    registers: [this.registry],
  });
  readonly #served = new Histogram({
    name: "gateway_request_seconds",
    help: "Requests of agents, from their head to the end of the answer",
    labelNames: ["model", "route", "status"],
    buckets: SECONDS,
    registers: [this.registry],
  });

  /** Counts for one fleet. */
  observerOf(model: string): CallObserver {
    const outcomes = new Map<string, Set<string>>();
    this.#outcomes.set(model, outcomes);
    return {
      placed: (reason, waitedMs) => {
        this.#decisions.inc({ model, reason });
        this.#queue.observe({ model }, waitedMs / 1000);
      },
      ended: (replica, outcome, usage) => {
        const known = outcomes.get(replica);
        if (known) known.add(outcome);
        else outcomes.set(replica, new Set([outcome]));
        this.#requests.inc({ model, replica, outcome });
        this.#count(model, usage);
      },
    };
  }

  /** Shows a fleet's state from now on. */
  watch(model: string, fleet: FleetState): void {
    this.#fleets.set(model, fleet);
  }

  served({ model, route, status, ms }: Parameters<GatewayObserver["served"]>[0]): void {
    this.#served.observe({ model, route, status }, ms / 1000);
  }

  /** The page. */
  async page(): Promise<string> {
    this.#gauges.refresh(this.#fleets);
    for (const [model, fleet] of this.#fleets) this.#forget(model, fleet);
    return this.registry.metrics();
  }

  #count(model: string, usage: CallUsage | null): void {
    if (!usage) return;
    this.#tokens.inc({ model, kind: "prompt" }, usage.promptTokens);
    this.#tokens.inc({ model, kind: "completion" }, usage.completionTokens);
  }

  #forget(model: string, fleet: FleetState): void {
    const members = new Set(fleet.snapshot().replicas.map(({ id }) => id));
    for (const [replica, outcomes] of this.#outcomes.get(model) ?? []) {
      if (members.has(replica)) continue;
      for (const outcome of outcomes) this.#requests.remove({ model, replica, outcome });
      this.#outcomes.get(model)?.delete(replica);
    }
  }
}
