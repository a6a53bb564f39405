/**
 * What the stand-in for vLLM costs: steps of its engine, small chat calls, streams, and the memory of calls that are held.
 * The server runs in a process of its own and waits for nothing; its CPU time says what one core would serve.
 * Usage: npm run bench -- stand-in [--calls 8000] [--parallel 32] [--held 5000]
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Agent, request } from "undici";
import { startStandIn } from "../src/models/index.ts";
import { Engine } from "../src/models/stand-in/engine/index.ts";
import { heading, inParallel, row, timed } from "./support/measure.ts";

interface Used {
  readonly cpuMs: number;
  readonly residentMb: number;
}

if (process.argv[2] === "serve") {
  const standIn = await startStandIn({ speed: Infinity, answerLength: { median: 20, sigma: 0.1 } });
  process.send?.(standIn.replicas[0]?.url);
  process.on("message", () => {
    globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1000, residentMb: process.memoryUsage.rss() / 1e6 } satisfies Used);
  });
  process.once("disconnect", () => void standIn.stop());
} else await bench();

async function bench(): Promise<void> {
  const { values } = parseArgs({
    options: {
      calls: { type: "string", default: "8000" },
      parallel: { type: "string", default: "32" },
      held: { type: "string", default: "5000" },
    },
  });
  const [calls, parallel, held] = [Number(values.calls), Number(values.parallel), Number(values.held)];
  await engineSteps();

  const server = fork(fileURLToPath(import.meta.url), ["serve"], {
    execArgv: ["--import", "tsx", "--expose-gc"],
  });
  const [url] = (await once(server, "message")) as [string];
  const agent = new Agent({ connections: null, headersTimeout: 0, bodyTimeout: 0 });
  const ask = async (more: object) => {
    const answer = await request(`${url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ messages: [{ role: "user", content: "What is 17 + 25? Be brief." }], ...more }),
      dispatcher: agent,
    });
    await answer.body.dump();
  };

  heading(`calls of 16 tokens, ${parallel} at a time`, "calls/s", "CPU ms", "per core/s");
  for (const [name, more] of Object.entries({
    whole: {},
    "with token ids and log-probs": { return_token_ids: true, logprobs: true },
    streamed: { stream: true },
  })) {
    const body = { ...more, max_tokens: 16 };
    await inParallel(calls / 4, parallel, () => ask(body));
    const before = await used(server);
    const ms = await timed(() => inParallel(calls, parallel, () => ask(body)));
    const cpu = ((await used(server)).cpuMs - before.cpuMs) / calls;
    row(name, (calls / ms) * 1000, cpu, 1000 / cpu);
  }

  heading("calls that are held by a pause", "calls", "KB each");
  await request(`${url}/pause?mode=keep`, { method: "POST", dispatcher: agent });
  const before = await used(server);
  const waiting = Array.from({ length: held }, () => ask({ max_tokens: 16 }));
  await new Promise((resolve) => setTimeout(resolve, 5000));
  row("with their connections", held, (((await used(server)).residentMb - before.residentMb) * 1000) / held);
  await request(`${url}/resume`, { method: "POST", dispatcher: agent });
  await Promise.all(waiting);
  await agent.close();
  server.disconnect();
}

/** Sequence-steps per second of the engine alone. */
async function engineSteps(): Promise<void> {
  heading("engine: 4,000 requests of 800 + 500 tokens", "M steps/s");
  const engine = new Engine();
  for (let i = 0; i < 4000; i++) {
    const blocks = Array.from({ length: 81 }, (_, block) => i * 1000 + block);
    engine.submit({ id: `${i}`, promptTokens: 800, outputTokens: 500, blocks });
  }
  const ms = await timed(() => {
    while (engine.step());
  });
  row("steps of one sequence", engine.counters.generationTokens / ms / 1000);
}

async function used(server: ChildProcess): Promise<Used> {
  server.send("used");
  const [answer] = (await once(server, "message")) as [Used];
  return answer;
}
