/**
 * What the gateway costs per call, beside others in one run: calls made straight to the engines, nginx, PyPI's `vllm-router`
 * (`VLLM_ROUTER` names the program) and the least that a proxy of Node can be. Each has a process of its own, whose CPU time
 * says how many calls one core would serve.
 * Usage: npm run bench -- gateway [--paths direct,node,nginx,vllm-router,plain,exact] [--rollouts 64] [--turns 6]
 *   [--kilobytes 100] [--replicas 8] [--parallel 16] [--rounds 2] [--in-flight 1000,4000]
 * `CPU_PROFILE=folder` writes where the gateway's time goes.
 */
import { parseArgs } from "node:util";
import { Agent, request } from "undici";
import { messageOf } from "../src/core/errors/sandlot-error.ts";
import { type Path, serve, startPaths } from "./gateway/paths.ts";
import { cpuMs, residentKiB } from "./support/process-use.ts";
import { heading, inParallel, quantile, row } from "./support/measure.ts";

const { values } = parseArgs({
  options: {
    paths: { type: "string", default: "direct,node,nginx,vllm-router,plain,exact" },
    rollouts: { type: "string", default: "64" },
    turns: { type: "string", default: "6" },
    kilobytes: { type: "string", default: "100" },
    replicas: { type: "string", default: "8" },
    parallel: { type: "string", default: "16" },
    rounds: { type: "string", default: "2" },
    "in-flight": { type: "string", default: "1000,4000" },
  },
});
const names = values.paths.split(",");
const [rollouts, turns, kilobytes, parallel, rounds] = [
  Number(values.rollouts),
  Number(values.turns),
  Number(values.kilobytes),
  Number(values.parallel),
  Number(values.rounds),
];
/** Calls per second that engines with many calls in flight answer. */
const HELD_RATE = 80;
const HELD_TURNS = 2;

class Measured {
  readonly alone: number[] = [];
  readonly busy: number[] = [];
  #cpu = 0;

  add(times: readonly number[], cpu: number): void {
    this.busy.push(...times);
    this.#cpu += cpu;
  }

  get cpuPerCall(): number {
    return this.#cpu === 0 ? Number.NaN : this.#cpu / this.busy.length;
  }
}

const agent = new Agent({ connections: null, headersTimeout: 0, bodyTimeout: 0 });
await costs();
for (const held of values["in-flight"].split(",").map(Number).filter(Boolean)) await inFlight(held);
await agent.close();

/** Engines that answer at once: what a call costs, and how much longer it takes. */
async function costs(): Promise<void> {
  const engines = await serve("engines", values.replicas, 0);
  const { paths, end } = await startPaths(names, engines.urls);
  const measured = new Map(paths.map((path) => [path.name, new Measured()]));
  for (const path of paths) await play(path, 16, parallel);
  for (let round = 0; round < rounds; round++) {
    for (const path of paths) {
      const into = measured.get(path.name);
      const before = path.pid === null ? 0 : cpuMs(path.pid);
      const busy = await play(path, rollouts, parallel);
      into?.add(busy, path.pid === null ? 0 : cpuMs(path.pid) - before);
      into?.alone.push(...(await play(path, Math.ceil(rollouts / 16), 1)));
    }
  }
  heading(
    `${rollouts} rollouts of ${turns} turns, ${kilobytes} KB at first`,
    "alone p50",
    "p99 ms",
    "added p50",
    `p50 ms at ${parallel} at once`,
    "p99 ms",
    "CPU ms",
    "per core/s",
  );
  const direct = measured.get("direct");
  for (const { name } of paths) {
    const { alone, busy, cpuPerCall } = measured.get(name) ?? new Measured();
    const added = direct ? quantile(alone, 0.5) - quantile(direct.alone, 0.5) : Number.NaN;
    const calls = [quantile(busy, 0.5), quantile(busy, 0.99)];
    row(name, quantile(alone, 0.5), quantile(alone, 0.99), added, ...calls, cpuPerCall, 1000 / cpuPerCall);
  }
  await end();
  engines.child.disconnect();
}

/** Engines that take their time: as many rollouts at once, from first call to last. */
async function inFlight(count: number): Promise<void> {
  const seconds = count / HELD_RATE;
  heading(
    `${count} rollouts in flight, ${seconds} s a call, ${HELD_TURNS} turns`,
    "calls/s",
    "p50 ms",
    "p99 ms",
    "CPU ms",
    "loop p99 ms",
    "KiB each",
    "failed",
  );
  for (const name of names) {
    // Fresh processes: what one path has cached or leaked is not the next one's.
    const engines = await serve("engines", values.replicas, seconds);
    const { paths, end } = await startPaths([name], engines.urls);
    for (const path of paths) {
      const [cpu, idle] = path.pid === null ? [0, 0] : [cpuMs(path.pid), residentKiB(path.pid)];
      await path.delayMs();
      const started = performance.now();
      let most = idle;
      const watch = setInterval(() => {
        if (path.pid !== null) most = Math.max(most, residentKiB(path.pid));
      }, 250);
      const failed: string[] = [];
      const times = await play(path, count, count, HELD_TURNS, failed);
      clearInterval(watch);
      const ms = performance.now() - started;
      const perCall = path.pid === null ? Number.NaN : (cpuMs(path.pid) - cpu) / times.length;
      const each = (most - idle) / count;
      const delay = (await path.delayMs()) ?? Number.NaN;
      const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
      row(path.name, (1000 * times.length) / ms, p50, p99, perCall, delay, each, failed.length);
      if (failed[0] !== undefined) console.log(`  ${failed[0]}`);
    }
    await end();
    engines.child.disconnect();
  }
}

/** Plays rollouts, `at` of them at once; milliseconds of each call. */
async function play(path: Path, count: number, at: number, most = turns, failed?: string[]): Promise<number[]> {
  const roots = await path.roots(count);
  const times: number[] = [];
  await inParallel(count, at, async (index) => {
    const root = roots[index] ?? "";
    await rollout({ root, model: path.model, session: `${path.name}-${index}` }, most, times).catch(
      (error: unknown) => {
        if (!failed) throw error;
        failed.push(messageOf(error));
      },
    );
  });
  return times;
}

/** Each turn sends everything again, and what was answered. */
async function rollout(
  { root, model, session }: { readonly root: string; readonly model: string; readonly session: string },
  most: number,
  times: number[],
): Promise<void> {
  const messages: object[] = [{ role: "user", content: `${session} ${textOf(1000 * kilobytes)}` }];
  for (let turn = 0; turn < most; turn++) {
    const body = JSON.stringify({ model, messages });
    const started = performance.now();
    const answer = await request(`${root}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-session-id": session },
      body,
      dispatcher: agent,
    });
    const read = (await answer.body.json()) as { choices?: { message: object }[] };
    times.push(performance.now() - started);
    if (!read.choices?.[0]) throw new Error(`${answer.statusCode}: ${JSON.stringify(read)}`);
    messages.push(read.choices[0].message, { role: "user", content: `Turn ${turn}. ${textOf(1000)}` });
  }
}

function textOf(characters: number): string {
  return "the quick brown fox jumps over the lazy dog ".repeat(Math.ceil(characters / 44)).slice(0, characters);
}
