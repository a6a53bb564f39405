/**
 * What the gateway costs per call: pass-through over a fleet, and the capturing path with spliced turns. Engines, gateway and
 * callers run in processes of their own; the gateway's CPU time says what one core would serve, and so does the latency
 * beside the same calls made directly to the engines, interleaved.
 * Usage: npm run bench -- gateway [--rollouts 64] [--turns 6] [--kilobytes 100] [--replicas 8]
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Agent, request } from "undici";
import { systemClock } from "../src/core/clock.ts";
import { rootContext } from "../src/core/context.ts";
import { silentLogger } from "../src/core/logger.ts";
import { ModelGateway, openFleet, startStandIn } from "../src/models/index.ts";
import { heading, inParallel, row } from "./support/measure.ts";

type Role = "engines" | "gateway";

const [, , role, ...args] = process.argv;
if (role === "engines") await serveEngines(Number(args[0]));
else if (role === "gateway") await serveGateway(args);
else await bench();

async function serveEngines(replicas: number): Promise<void> {
  const engines = await startStandIn({
    model: "m",
    replicas,
    speed: Infinity,
    maxModelLength: 1_000_000,
    engine: { kvTokens: 4_000_000 },
    answerLength: { median: 100, sigma: 0.1 },
  });
  process.send?.(engines.replicas.map(({ url }) => url));
  process.once("disconnect", () => void engines.stop());
}

async function serveGateway(urls: readonly string[]): Promise<void> {
  const members = urls.map((url, at) => ({ id: `r${at}`, url }));
  const fleets = ["exact", "plain"].map((name) =>
    openFleet({ name, model: "m", api: "chat", tokens: name === "exact", members }),
  );
  const models = new Map(fleets.map(({ client }) => [client.name, client]));
  const where = { host: "127.0.0.1", port: 0, publicUrl: null };
  const gateway = new ModelGateway({ models, ...where, clock: systemClock, logger: silentLogger });
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  process.on("message", (asked: "used" | { model: string }) => {
    if (asked === "used") {
      globalThis.gc?.();
      const { user, system } = process.cpuUsage();
      const memoryMb = process.memoryUsage.rss() / 1e6;
      process.send?.({ cpuMs: (user + system) / 1000, memoryMb, delayMs: delay.percentile(99) / 1e6 });
      delay.reset();
      return;
    }
    const bounds = { group: null, sampling: new Map(), lifetimeMs: 3_600_000, maxCalls: 1_000 };
    void gateway.open(rootContext(), { model: asked.model, ...bounds }).then(({ root }) => process.send?.(root));
  });
  process.once("disconnect", () => void Promise.all([gateway.close(), ...fleets.map((fleet) => fleet.close())]));
  process.send?.("ready");
}

interface Used {
  readonly cpuMs: number;
  readonly memoryMb: number;
  readonly delayMs: number;
}

async function bench(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rollouts: { type: "string", default: "64" },
      turns: { type: "string", default: "6" },
      kilobytes: { type: "string", default: "100" },
      replicas: { type: "string", default: "8" },
      parallel: { type: "string", default: "16" },
    },
  });
  const [rollouts, turns, kilobytes, parallel] = [values.rollouts, values.turns, values.kilobytes, values.parallel].map(
    Number,
  ) as [number, number, number, number];
  const engines = start("engines", [values.replicas]);
  const [urls] = (await once(engines, "message")) as [string[]];
  const gateway = start("gateway", urls);
  await once(gateway, "message");
  const agent = new Agent({ connections: null, headersTimeout: 0, bodyTimeout: 0 });

  /** A rollout: each turn sends everything again, and what was answered. Milliseconds of each call. */
  const play = async (root: string, model: string): Promise<number[]> => {
    const messages: object[] = [{ role: "user", content: textOf(1000 * kilobytes) }];
    const times: number[] = [];
    for (let turn = 0; turn < turns; turn++) {
      const started = performance.now();
      const answer = await request(`${root}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model, messages }),
        dispatcher: agent,
      });
      const body = (await answer.body.json()) as { choices?: { message: object }[]; error?: object };
      if (!body.choices?.[0]) throw new Error(JSON.stringify(body));
      times.push(performance.now() - started);
      messages.push(body.choices[0].message, { role: "user", content: `Turn ${turn}. ${textOf(1000)}` });
    }
    return times;
  };
  const opened = async (model: string): Promise<string> => {
    gateway.send({ model });
    const [root] = (await once(gateway, "message")) as [string];
    return root;
  };

  heading(
    `${rollouts} rollouts of ${turns} turns, ${kilobytes} KB at first, ${parallel} at a time`,
    "calls/s",
    "p50 ms",
    "p99 ms",
    "CPU ms",
    "per core/s",
    "loop p99 ms",
    "MB",
  );
  for (const path of ["direct", "plain", "exact", "direct", "plain", "exact"]) {
    const roots: string[] = [];
    for (let i = 0; i < rollouts; i++)
      roots.push(path === "direct" ? (urls[i % urls.length] ?? "") : await opened(path));
    const before = await used(gateway);
    const times: number[] = [];
    const started = performance.now();
    await inParallel(rollouts, parallel, async () => {
      times.push(...(await play(roots.pop() ?? "", path === "direct" ? "m" : path)));
    });
    const ms = performance.now() - started;
    const after = await used(gateway);
    times.sort((a, b) => a - b);
    const calls = times.length;
    const cpu = (after.cpuMs - before.cpuMs) / calls;
    const at = (share: number) => times[Math.floor(share * (calls - 1))] ?? 0;
    row(path, (1000 * calls) / ms, at(0.5), at(0.99), cpu, 1000 / cpu, after.delayMs, after.memoryMb);
  }
  await agent.close();
  for (const child of [gateway, engines]) child.disconnect();
}

function start(name: Role, more: readonly string[]): ChildProcess {
  const execArgv = ["--import", "tsx", "--expose-gc", ...(name === "gateway" ? profiling() : [])];
  return fork(fileURLToPath(import.meta.url), [name, ...more], { execArgv });
}

/** `CPU_PROFILE=folder` writes where the gateway's time goes. */
function profiling(): string[] {
  const folder = process.env["CPU_PROFILE"];
  return folder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${folder}`];
}

async function used(gateway: ChildProcess): Promise<Used> {
  gateway.send("used");
  const [answer] = (await once(gateway, "message")) as [Used];
  return answer;
}

function textOf(characters: number): string {
  return "the quick brown fox jumps over the lazy dog ".repeat(Math.ceil(characters / 44)).slice(0, characters);
}
