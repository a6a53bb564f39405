/**
 * The whole chain, from a job's submission to its durable records, around a model that costs next to nothing.
 * Usage: npm run bench -- rollouts tools|code|math|mixed [--rollouts N] [--in-flight N] [--workers N] [--provider docker|local]
 *   [--profile FOLDER]
 * Usage: npm run bench -- rollouts submission|recovery|overload [--rollouts N] [--in-flight N]
 * Usage: npm run bench -- rollouts in-flight [--scale 1] [--least 1000] [--most 16000]: scale 0.1 for a quick look
 */
import { parseArgs } from "node:util";
import { missedTargets } from "./support/measure.ts";
import { inFlight } from "./rollouts/in-flight.ts";
import { mixed } from "./rollouts/mixed.ts";
import { overload } from "./rollouts/overload.ts";
import { recovery } from "./rollouts/recovery.ts";
import { submission } from "./rollouts/submission.ts";
import { throughput } from "./rollouts/throughput.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rollouts: { type: "string" },
    "in-flight": { type: "string" },
    workers: { type: "string", default: "0" },
    provider: { type: "string" },
    profile: { type: "string" },
    scale: { type: "string" },
    least: { type: "string", default: "0" },
    most: { type: "string", default: "16000" },
  },
});
const number = (text: string | undefined, otherwise: number) => (text === undefined ? otherwise : Number(text));
const nodeOptions = values.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${values.profile}`];
const common = { workers: Number(values.workers), nodeOptions };
const { rollouts, provider } = values;
const atOnce = values["in-flight"];

const SCENARIOS: Readonly<Record<string, () => Promise<void>>> = {
  tools: () =>
    throughput({
      play: "tools",
      rollouts: number(rollouts, 10_000),
      concurrency: number(atOnce, 128),
      provider: provider ?? "local",
      ...common,
    }),
  code: () =>
    throughput({
      play: "code",
      rollouts: number(rollouts, 3_000),
      concurrency: number(atOnce, 48),
      provider: provider ?? "docker",
      ...common,
    }),
  math: () =>
    throughput({
      play: "math",
      rollouts: number(rollouts, 500),
      concurrency: number(atOnce, 16),
      provider: provider ?? "docker",
      ...common,
    }),
  "in-flight": () =>
    inFlight({
      scale: number(values.scale, 1),
      least: Number(values.least),
      most: Number(values.most),
      nodeOptions,
    }),
  submission: () => submission(number(rollouts, 100_000)),
  recovery: () => recovery({ queued: number(rollouts, 100_000), inFlight: number(atOnce, 10_000) }),
  overload,
  mixed: () =>
    mixed({ rollouts: number(rollouts, 1_000), inFlight: number(atOnce, 32), provider: provider ?? "docker" }),
};

const chosen = positionals.length > 0 ? positionals : Object.keys(SCENARIOS);
for (const name of chosen) {
  const scenario = SCENARIOS[name];
  if (!scenario) throw new Error(`there is no scenario ${name}; there are ${Object.keys(SCENARIOS).join(", ")}`);
  await scenario();
}
process.exitCode = missedTargets() > 0 ? 1 : 0;
