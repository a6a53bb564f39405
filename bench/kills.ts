/**
 * `kill -9` at random moments, again and again, while clients run programs: agents, templates, lanes, zygotes, candidates, whole
 * containers, and the server itself. Every program prints a number of its own. A run may be answered right, or with an error of
 * ours that says so; it must never be answered wrong, nor as the program's failure. Exits with 1 on a wrong answer or a container
 * that is left over.
 * Usage: npm run bench -- kills [--kills 100] [--server-kills 5] [--parallel 12] [--mode A]
 */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { runsClient } from "./support/api.ts";
import { docker, installationOf, namespacePids, sandboxes } from "./support/machine.ts";
import { serve } from "./support/serve.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    "server-kills": { type: "string", default: "5" },
    parallel: { type: "string", default: "12" },
    mode: { type: "string", default: "A" },
  },
});
const settings = { "sandbox.mode": values.mode };
/** Longest pause between two: whoever is hit again and again, alone, is taken for the one who does it. */
const PAUSE_MS = 3_000;

/** By their numbers in the container's PID namespace and in the lane's. */
const VICTIMS: Readonly<Record<string, (pids: readonly number[]) => boolean>> = {
  agent: (pids) => pids.length === 2 && pids[1] === 1,
  template: (pids) => pids.length === 2 && pids[1] !== 1,
  lane: (pids) => pids.length === 3 && pids[2] === 1,
  zygote: (pids) => pids.length === 3 && pids[2] === 2,
  candidate: (pids) => pids.length === 3 && (pids[2] ?? 0) > 2,
};
const tally: Record<string, number> = {};
const count = (what: string) => (tally[what] = (tally[what] ?? 0) + 1);

let server = await serve(settings);
let client = runsClient(server.url);
let serverIsDown = false;
const stop = new AbortController();
let number = 0;

async function keepRunning(): Promise<void> {
  while (!stop.signal.aborted) {
    const mine = `${++number}`;
    const pause = number % 3 === 0 ? "import time; time.sleep(0.2); " : "";
    try {
      const { status, answer } = await client.run({ language: "python", code: `${pause}print(${mine})` });
      if (status !== 200) count(`refused: ${answer.error?.code ?? status}`);
      else if (answer.status === "ok" && answer.stdout.text === `${mine}\n`) count("right");
      else if (answer.status === "ok") count("WRONG OUTPUT");
      else {
        count(`BLAMED: ${answer.status}`);
        console.log(JSON.stringify(answer).slice(0, 500));
      }
    } catch {
      count(serverIsDown ? "cut off by the server's end" : "CUT OFF");
      await sleep(200);
    }
  }
}

/** Kills one of these somewhere; false when there is none at the moment. */
async function kill(installation: string, victim: string): Promise<boolean> {
  const running = sandboxes(installation);
  const [name] = pick(running.map((sandbox) => sandbox.name));
  const [pid] = pick(running.flatMap(({ pids }) => pids).filter((it) => VICTIMS[victim]?.(namespacePids(it)) ?? false));
  try {
    if (victim !== "container" && pid) process.kill(pid, "SIGKILL");
    if (victim === "container" && name) docker("kill", name);
    return (victim === "container" ? name : pid) !== undefined;
  } catch {
    return false; // it has gone meanwhile
  }
}

function pick<T>(items: readonly T[]): T[] {
  const at = Math.floor(Math.random() * items.length);
  return items.slice(at, at + 1);
}

async function killPrograms(times: number): Promise<void> {
  const kinds = [...Object.keys(VICTIMS), "container"];
  for (let done = 0; done < times;) {
    const victim = kinds[done % kinds.length] ?? "agent";
    await sleep(Math.random() * PAUSE_MS);
    if (!(await kill(installation, victim))) continue;
    count(`killed: ${victim}`);
    done++;
  }
}

async function killServer(): Promise<void> {
  serverIsDown = true;
  const gone = once(server.process, "exit");
  server.process.kill("SIGKILL");
  await gone;
  await client.close();
  server = await serve(settings, server.folder);
  client = runsClient(server.url);
  serverIsDown = false;
}

const { answer } = await client.run({ language: "python", code: "print(1)" });
const installation = installationOf(answer.sandbox.id);
const clients = Array.from({ length: Number(values.parallel) }, keepRunning);
try {
  await killPrograms(Number(values.kills));
  for (let done = 0; done < Number(values["server-kills"]); done++) {
    await sleep(1_000 + Math.random() * 2_000);
    await killServer();
    count("killed: server");
  }
  await sleep(2_000);
} finally {
  stop.abort();
  await Promise.all(clients);
  await client.close();
  await server.stop();
}
const left = docker("ps", "-a", "--filter", `label=sandlot.installation=${installation}`, "--format", "{{.Names}}");
console.log(`mode ${values.mode}, ${values.parallel} clients`);
for (const [what, times] of Object.entries(tally).toSorted(([a], [b]) => a.localeCompare(b)))
  console.log(`${what.padEnd(40)} ${times}`);
console.log(`${"containers left over".padEnd(40)} ${left.length}`);
const bad = Object.keys(tally).filter((what) => /^(WRONG|BLAMED|CUT)/.test(what));
process.exitCode = bad.length > 0 || left.length > 0 ? 1 : 0;
