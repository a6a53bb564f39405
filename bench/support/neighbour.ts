import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { runsClient } from "./api.ts";
import { docker, installationOf } from "./machine.ts";
import { serve, type Settings } from "./serve.ts";

const PAUSE_MS = 100;
const SETTLED_MS = 3_000;
const SECRET = 40_961;

/** Another server on the same engine, to which nothing is to happen. */
export interface Neighbour {
  readonly installation: string;
  /** Ends its clients and says what they saw, then stops it. Anything but `right` and `sandboxes kept` is a fault. */
  close(): Promise<Readonly<Record<string, number>>>;
}

/**
 * A server with sandboxes that it keeps, a session that remembers something, and a client that runs programs all the time. The
 * session and every sandbox must be the same in the end.
 */
export async function openNeighbour(settings: Settings): Promise<Neighbour> {
  const server = await serve({
    ...settings,
    "sandbox.pool.min": 2,
    "sandbox.pool.idle_buffer": 0,
    "sandbox.pool.max_runs_per_sandbox": 1_000_000,
  });
  const client = runsClient(server.url);
  const tally: Record<string, number> = {};
  const count = (what: string, times = 1) => (tally[what] = (tally[what] ?? 0) + times);
  const post = async (path: string, body: object) => {
    const { body: answer } = await request(server.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return JSON.stringify(await answer.json());
  };
  const first = await client.run({ language: "python", code: "print(1)" });
  const installation = installationOf(first.answer.sandbox.id);
  const opened = await post("/api/v1/sessions", {
    language: "python",
    isolation: "slot",
    idle_seconds: 3600,
    lifetime_seconds: 3600,
  });
  const session = (JSON.parse(opened) as { readonly id?: string }).id ?? "";
  await post(`/api/v1/sessions/${session}/calls`, { code: `kept = ${SECRET}` });
  const started = await settled(installation);

  const stop = new AbortController();
  const work = async () => {
    for (let number = 1; !stop.signal.aborted; number++) {
      const { status, answer } = await client.run({ language: "python", code: `print(${number})` });
      const isRight = status === 200 && answer.status === "ok" && answer.stdout.text === `${number}\n`;
      count(isRight ? "right" : `NOT RIGHT: ${answer.error?.code ?? answer.status}`);
      if (number % 10 === 0) {
        const said = await post(`/api/v1/sessions/${session}/calls`, { code: `kept + ${number}` });
        count(said.includes(String(SECRET + number)) ? "right" : "SESSION LOST");
      }
      await sleep(PAUSE_MS);
    }
  };
  const working = work().catch(() => count("CUT OFF"));
  return {
    installation,
    async close() {
      stop.abort();
      await working;
      const now = new Set(running(installation));
      const kept = started.filter((sandbox) => now.has(sandbox)).length;
      count("sandboxes kept", kept);
      if (kept < started.length) count("SANDBOXES GONE", started.length - kept);
      await client.close();
      await server.stop();
      const left = docker("ps", "-aq", "--filter", `label=sandlot.installation=${installation}`).length;
      if (left > 0) count("CONTAINERS LEFT", left);
      return tally;
    },
  };
}

/** Its sandboxes, when their number has been the same for a while. */
async function settled(installation: string): Promise<string[]> {
  for (let tries = 0, before: string[] = []; tries < 20; tries++) {
    const now = running(installation);
    if (now.length > 0 && now.join() === before.join()) return now;
    before = now;
    await sleep(SETTLED_MS);
  }
  throw new Error("the neighbour's sandboxes do not settle");
}

function running(installation: string): string[] {
  const label = `label=sandlot.installation=${installation}`;
  return docker("ps", "--no-trunc", "--filter", label, "--format", "{{.ID}}").sort();
}
