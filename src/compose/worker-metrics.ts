import { Gauge, Registry } from "prom-client";
import type { AdmissionState } from "../rollouts/index.ts";

/** The part of a process that plays rollouts. */
export interface Work {
  readonly concurrency: number;
  /** Rollouts in flight. */
  readonly active: () => number;
  readonly admission: () => AdmissionState;
}

/** What a worker has in flight, and where its limits stand at the moment. */
export function workerMetrics({ concurrency, active, admission }: Work): Registry {
  const registry = new Registry();
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labels: Label[],
    fill: (made: Gauge<Label>) => void,
  ) => {
    const made: Gauge<Label> = new Gauge({
      name: `worker_${name}`,
      help,
      labelNames: labels,
      registers: [registry],
      collect: () => fill(made),
    });
  };
  const ofGates = (name: string, help: string, value: "limit" | "inside" | "waiting") =>
    gauge(name, help, ["gate", "model"], (made) => {
      for (const state of admission().gates) made.set({ gate: state.gate, model: state.model ?? "" }, state[value]);
    });
  gauge("rollouts", "Rollouts in flight", [], (made) => made.set(active()));
  gauge("concurrency", "Rollouts in flight at most", [], (made) => made.set(concurrency));
  ofGates("gate_limit", "Let in at once at the moment", "limit");
  ofGates("gate_inside", "Let in", "inside");
  ofGates("gate_waiting", "Waiting to be let in", "waiting");
  gauge("model_outage", "1 while a model counts as down", ["model"], (made) => {
    for (const { model, isOpen } of admission().outages) made.set({ model }, isOpen ? 1 : 0);
  });
  gauge("model_outage_waiting", "Calls that wait for its return", ["model"], (made) => {
    for (const { model, waiting } of admission().outages) made.set({ model }, waiting);
  });
  return registry;
}
