/**
 * What a session of the rollout gateway holds in memory: rollouts whose turns send everything again, over an engine in a
 * process of its own. Beside what the process holds stand what the sessions say they hold, and the size of their last prompts.
 * Usage: npm run bench -- gateway-memory [--sessions 8] [--turns 200] [--kilobytes 100]
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { request } from "undici";
import { systemClock } from "../src/core/clock.ts";
import { rootContext } from "../src/core/context.ts";
import { silentLogger } from "../src/core/logger.ts";
import { ModelGateway, openFleet, startStandIn } from "../src/models/index.ts";
import { heading, inParallel, row } from "./support/measure.ts";

if (process.argv[2] === "engine") await serveEngine();
else await bench();

async function serveEngine(): Promise<void> {
  const engine = await startStandIn({
    model: "m",
    speed: Infinity,
    maxModelLength: 1_000_000,
    engine: { kvTokens: 4_000_000 },
    answerLength: { median: 100, sigma: 0.1 },
  });
  process.send?.(engine.replicas[0]?.url ?? "");
  process.once("disconnect", () => void engine.stop());
}

async function bench(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sessions: { type: "string", default: "8" },
      turns: { type: "string", default: "200" },
      kilobytes: { type: "string", default: "100" },
    },
  });
  const [sessions, turns, kilobytes] = [values.sessions, values.turns, values.kilobytes].map(Number) as [
    number,
    number,
    number,
  ];
  const execArgv = ["--import", "tsx"];
  const engine = fork(fileURLToPath(import.meta.url), ["engine"], { execArgv });
  const [url] = (await once(engine, "message")) as [string];
  const fleet = openFleet({ name: "policy", model: "m", api: "chat", tokens: true, members: [{ id: "r0", url }] });
  const models = new Map([["policy", fleet.client]]);
  const where = { host: "127.0.0.1", port: 0, publicUrl: null };
  const gateway = new ModelGateway({ models, ...where, clock: systemClock, logger: silentLogger });
  const ctx = rootContext();
  const bounds = { group: null, sampling: new Map(), lifetimeMs: 3_600_000, maxCalls: 100_000 };

  const play = async (): Promise<{ id: string; sent: number }> => {
    const { id, root } = await gateway.open(ctx, { model: "policy", ...bounds });
    const messages: object[] = [{ role: "user", content: textOf(1000 * kilobytes) }];
    let sent = 0;
    for (let turn = 0; turn < turns; turn++) {
      const body = JSON.stringify({ model: "policy", messages });
      sent = body.length;
      const answer = await request(`${root}/v1/chat/completions`, { method: "POST", body });
      const { choices } = (await answer.body.json()) as { choices?: { message: object }[] };
      if (!choices?.[0]) throw new Error(`turn ${turn} was refused with ${answer.statusCode}`);
      messages.push(choices[0].message, { role: "user", content: `Turn ${turn}. ${textOf(1000)}` });
    }
    return { id, sent };
  };

  await play();
  const before = held();
  const played: { id: string; sent: number }[] = [];
  await inParallel(sessions, 4, async () => void played.push(await play()));
  const perSession = (held() - before) / sessions / 1e6;
  const told = played.reduce((sum, { id }) => sum + gateway.get(ctx, id).bytes, 0) / sessions / 1e6;
  for (const { id } of played) gateway.end(ctx, id);
  const ended = (held() - before) / sessions / 1e6;
  const lastPrompt = played.reduce((sum, { sent }) => sum + sent, 0) / sessions / 1e6;
  heading(`${sessions} sessions of ${turns} turns, ${kilobytes} KB at first`, "MB each", "of prompt");
  row("last prompt, as JSON", lastPrompt, 1);
  row("the session, in memory", perSession, perSession / lastPrompt);
  row("the same, as it says", told, told / lastPrompt);
  row("the session, ended, in memory", ended, ended / lastPrompt);
  await gateway.close();
  await fleet.close();
  engine.disconnect();
}

/** Bytes that are in use, after everything that is not was given up. */
function held(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let i = 0; i < 3; i++) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function textOf(characters: number): string {
  return "the quick brown fox jumps over the lazy dog ".repeat(Math.ceil(characters / 44)).slice(0, characters);
}
