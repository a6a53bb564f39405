/**
 * Real vLLM replicas behind one fleet: whether conversations join token by token, what stays cached under which routing, and
 * whether weight updates and dying engines lose anything. Starts the replicas itself, so that it may kill them.
 *
 * Usage: npm run bench -- real-vllm --start 'vllm serve MODEL --port {port} …' [--ports 8101,8102] [--model policy]
 *   [--only exactness,cache,updates,faults] [--weights FOLDER]
 *
 * The engines need a tool-call parser, a reasoning parser, `--enable-scale-out` and `VLLM_SERVER_DEV_MODE=1`. `updates` wants
 * the worker extension of examples/trl, and a folder with the weights to be loaded.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createClient } from "../src/client/index.ts";
import { cliServices } from "../src/compose/services.ts";
import { loadConfig } from "../src/config/index.ts";
import { silentLogger } from "../src/core/logger.ts";
import { measureCache } from "./real-vllm/cache.ts";
import { Engines } from "./real-vllm/engines.ts";
import { measureExactness } from "./real-vllm/exactness.ts";
import { measureFaults } from "./real-vllm/faults.ts";
import { measureUpdates } from "./real-vllm/updates.ts";

const { values } = parseArgs({
  options: {
    start: { type: "string" },
    ports: { type: "string", default: "8101,8102" },
    model: { type: "string", default: "policy" },
    only: { type: "string", default: "exactness,cache,updates,faults" },
    rounds: { type: "string", default: "3" },
    weights: { type: "string" },
  },
});
if (values.start === undefined) throw new Error("--start says how a replica is started; {port} stands for its port");
const engines = new Engines(values.start, values.ports.split(",").map(Number));
const members = engines.urls.map((url, at) => ({ id: `replica-${at + 1}`, url }));
const dataDir = mkdtempSync(join(tmpdir(), "sandlot-bench-"));
const flag = (path: string, value: unknown) => ({ flag: `--${path}`, path: path.split("."), value });

try {
  console.log("starting the replicas …");
  await engines.start();
  const { config } = loadConfig({
    env: {},
    workingDirectory: dataDir,
    flags: [
      flag("data_dir", dataDir),
      flag("server.port", 0),
      flag("worker.concurrency", 64),
      flag("models.policy", { model: values.model, tokens: true, replicas: members }),
      flag("environments.paths", [join(import.meta.dirname, "../examples/environments")]),
    ],
  });
  const server = await cliServices.startServer({ config, logger: silentLogger });
  const client = createClient({ url: server.url });
  try {
    const setup = { engines, members, model: values.model, client, weights: values.weights ?? null };
    const parts: Record<string, () => Promise<void>> = {
      exactness: () => measureExactness(setup),
      cache: () => measureCache(setup, Number(values.rounds)),
      updates: () => measureUpdates(setup),
      faults: () => measureFaults(setup),
    };
    for (const name of values.only.split(",")) {
      const part = parts[name];
      if (!part) throw new Error(`there is no part ${name}; there are ${Object.keys(parts).join(", ")}`);
      console.log("");
      await part();
    }
  } finally {
    await client.close();
    await server.close(1_000);
  }
} finally {
  await engines.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
