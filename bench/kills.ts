/**
 * `kill -9` at random moments, again and again, while clients run programs: agents, templates, lanes, zygotes, candidates, whole
 * containers, and then the server itself, each time started again on its data directory. Every program prints a number of its own.
 * A run may be answered right, or with an error of ours that says so; it must never be answered wrong, nor as the program's
 * failure. When the server has been stopped in good order at last, everything it can leave on the machine must be as before the
 * first kill. A second server on the same engine, which nobody kills, must keep its sandboxes and give right answers throughout.
 * Exits with 1 otherwise.
 * Usage: npm run bench -- kills [--kills 100] [--server-kills 100] [--parallel 12] [--mode A] [--seed N] [--busy-machine] [--quick]
 * `--busy-machine`: others make containers meanwhile, so what is counted on the machine as a whole is shown but not judged.
 */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { runsClient } from "./support/api.ts";
import { docker, installationOf, namespacePids, sandboxes } from "./support/machine.ts";
import { seeded, table } from "./support/measure.ts";
import { openNeighbour } from "./support/neighbour.ts";
import { launch, type Served, serve } from "./support/serve.ts";
import { Follower, isOfMachine, TRACE_NAMES, type Traces, traces } from "./support/traces.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string" },
    "server-kills": { type: "string" },
    parallel: { type: "string", default: "12" },
    mode: { type: "string", default: "A" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    "busy-machine": { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
  },
});
const kills = Number(values.kills ?? (values.quick ? 12 : 100));
const serverKills = Number(values["server-kills"] ?? (values.quick ? 4 : 100));
const settings = { "sandbox.mode": values.mode };
const random = seeded(Number(values.seed));

/** Longest pause between two: whoever is hit again and again, alone, is taken for the one who does it. */
const PAUSE_MS = 3_000;
/** The server is killed within this long after the first program that it answered. */
const UNDER_LOAD_MS = 2_000;
/** One in so many times the server that is to follow is killed, too, within this long from its start. */
const STARTING_ONE_IN = 3;
const STARTING_MS = 2_000;
const ANSWER_MS = 60_000;
const SETTLE_MS = 20_000;

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

let server!: Served;
let client!: ReturnType<typeof runsClient>;
/** How many servers there have been, the last of them that has answered a program, and whether the present one is killed. */
let generation = 0;
let generationAnswered = -1;
let isDown = false;
let number = 0;

async function start(): Promise<void> {
  server = await serve(settings, folder);
  client = runsClient(server.url);
  isDown = false;
}

async function keepRunning(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (isDown) {
      await sleep(10);
      continue;
    }
    const mine = `${++number}`;
    const asked = generation;
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
      generationAnswered = asked;
    } catch {
      count(isDown || asked !== generation ? "cut off by the server's end" : "CUT OFF");
      await sleep(10);
    }
  }
}

/** Kills one of these somewhere; false when there is none at the moment. */
async function kill(victim: string): Promise<boolean> {
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
  const at = Math.floor(random() * items.length);
  return items.slice(at, at + 1);
}

async function killPrograms(times: number): Promise<void> {
  const kinds = [...Object.keys(VICTIMS), "container"];
  await answering();
  // Shows that what is left would be seen.
  running = own();
  for (let done = 0; done < times;) {
    const victim = kinds[done % kinds.length] ?? "agent";
    await sleep(random() * PAUSE_MS);
    if (!(await kill(victim))) continue;
    count(`killed: ${victim}`);
    done++;
  }
}

const hasAnswered = () => generationAnswered === generation;

/** When the present server has answered a program. */
async function answering(): Promise<void> {
  const deadline = performance.now() + ANSWER_MS;
  while (!hasAnswered()) {
    if (performance.now() > deadline) throw new Error("the server that was started again answers no program");
    await sleep(10);
  }
}

/** Under load, which begins anew after every start. */
async function killServer(times: number): Promise<void> {
  for (let done = 1; done <= times; done++) {
    await answering();
    await sleep(random() * UNDER_LOAD_MS);
    isDown = true;
    generation++;
    const gone = once(server.process, "exit");
    server.process.kill("SIGKILL");
    await gone;
    await client.close();
    count("killed: server under load");
    if (done % STARTING_ONE_IN === 0) {
      const { process: starting } = launch(settings, folder);
      const end = once(starting, "exit");
      await sleep(random() * STARTING_MS);
      starting.kill("SIGKILL");
      await end;
      count("killed: server while it starts");
    }
    await start();
  }
}

/** Work with a server under load, from its start to a stop in good order; then what is left. */
async function phase(work: () => Promise<void>): Promise<Traces> {
  await start();
  const stop = new AbortController();
  const clients = Array.from({ length: Number(values.parallel) }, () => keepRunning(stop.signal));
  try {
    await work();
    await sleep(1_000);
  } finally {
    stop.abort();
    await Promise.all(clients);
    await client.close();
    await server.end();
  }
  return settled();
}

const own = () => traces({ installation, containers: follower.ids, roots: follower.roots, folder, temporary });

/** The engine takes a moment to tidy up. */
async function settled(): Promise<Traces> {
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    const now = own();
    if (differences(now).length === 0 || performance.now() > deadline) return now;
    await sleep(500);
  }
}

function differences(now: Traces): string[] {
  const names = Object.keys(before) as (keyof Traces)[];
  return names.filter((name) => now[name] !== before[name] && !(values["busy-machine"] && isOfMachine(name)));
}

const startedAt = performance.now();
console.log(`mode ${values.mode}, ${values.parallel} clients, seed ${values.seed}`);
const neighbour = await openNeighbour(settings);
// The server's temporary files in a folder of their own, so that what is left can be told from others'.
const temporary = mkdtempSync(join(tmpdir(), "sandlot-kills-"));
process.env["TMPDIR"] = temporary;
const folder = mkdtempSync(join(temporary, "data-"));
await start();
const { answer } = await client.run({ language: "python", code: "print(1)" });
const installation = installationOf(answer.sandbox.id);
await client.close();
await server.end();
await sleep(2_000);
const follower = new Follower(installation);
let before: Traces;
let running: Traces | null = null;
let theirs: Awaited<ReturnType<typeof neighbour.close>> = {};
const after: { readonly name: string; readonly traces: Traces }[] = [];
try {
  before = own();
  await phase(() => killPrograms(kills)).then((left) => after.push({ name: `${kills} kills inside`, traces: left }));
  await phase(() => killServer(1)).then((left) => after.push({ name: "1 of the server", traces: left }));
  await phase(() => killServer(serverKills - 1)).then((left) =>
    after.push({ name: `${serverKills} of the server`, traces: left }),
  );
} finally {
  follower.close();
  theirs = await neighbour.close();
  rmSync(temporary, { recursive: true, force: true });
}

const sorted = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).toSorted(([a], [b]) => a.localeCompare(b));
console.log("");
table([["programs and kills", "times"], ...sorted(tally)]);
console.log("");
table([["the other server", "times"], ...sorted(theirs)]);
console.log("");
table([
  ["left on the machine", "before", "running", ...after.map(({ name }) => `after ${name}`), "as before"],
  ...(Object.keys(before) as (keyof Traces)[]).map((name) => {
    const left = after.map((one) => one.traces[name]);
    const isSame = left.every((value) => value === before[name]);
    const unjudged = values["busy-machine"] && isOfMachine(name);
    return [
      TRACE_NAMES[name],
      before[name],
      running?.[name] ?? "",
      ...left,
      isSame ? "yes" : unjudged ? "not judged" : "NO",
    ];
  }),
]);
const faults = [...Object.keys(tally), ...Object.keys(theirs)].filter((what) => /^[A-Z]/.test(what));
const isClean = after.every((one) => differences(one.traces).length === 0);
console.log(`\n${follower.ids.size} containers made, ${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes`);
console.log(
  faults.length === 0 && isClean ? "nothing left, nobody wronged" : `FAULTS: ${faults.join(", ") || "left over"}`,
);
process.exitCode = faults.length > 0 || !isClean ? 1 : 0;
