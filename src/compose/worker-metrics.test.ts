import { expect, test } from "vitest";
import { workerMetrics } from "./worker-metrics.ts";

test("what a worker has in flight and where its limits stand is read when the page is made", async () => {
  const work = { active: 3, waiting: 7 };
  const registry = workerMetrics({
    concurrency: 16,
    active: () => work.active,
    admission: () => ({
      gates: [
        { gate: "verifications", model: null, limit: 4, inside: 4, waiting: work.waiting },
        { gate: "modelCalls", model: "policy", limit: 20, inside: 1, waiting: 0 },
      ],
      outages: [{ model: "policy", isOpen: true, waiting: 2 }],
    }),
  });
  const lines = async () => (await registry.metrics()).split("\n").filter((line) => !line.startsWith("#"));
  expect(await lines()).toEqual(
    expect.arrayContaining([
      "worker_rollouts 3",
      "worker_concurrency 16",
      'worker_gate_waiting{gate="verifications",model=""} 7',
      'worker_gate_limit{gate="modelCalls",model="policy"} 20',
      'worker_model_outage{model="policy"} 1',
      'worker_model_outage_waiting{model="policy"} 2',
    ]),
  );
  Object.assign(work, { active: 4, waiting: 0 });
  expect(await lines()).toEqual(
    expect.arrayContaining(["worker_rollouts 4", 'worker_gate_waiting{gate="verifications",model=""} 0']),
  );
});
