import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Client, createClient } from "../../../src/client/index.ts";
import type { Rollout } from "../../../src/contract/rollouts.ts";
import { startEmbeddedPostgres } from "../../../src/store/index.ts";
import { query } from "../../store/support.ts";

const SANDLOT = join(import.meta.dirname, "../../../bin/sandlot.js");

/** Settings by path, e.g. `worker.concurrency`. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

/** A process of the built program. */
export interface Running {
  readonly process: ChildProcess;
  /** The document that it wrote when it had started. */
  readonly said: Readonly<Record<string, unknown>>;
  /** What it has logged so far. */
  readonly log: () => string;
  /** Sends the signal and answers its exit code, or the signal, when it has ended. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

/** Servers and workers over one Postgres and one folder of segments, as they run on several machines. */
export interface Processes {
  serve(settings?: Settings): Promise<Running & { readonly client: Client }>;
  worker(settings?: Settings): Promise<Running>;
  /** Rows of one statement. */
  query(text: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** `modelUrl`: base URL of the model `default`, which replays. */
export async function openProcesses(modelUrl: string): Promise<Processes> {
  const folder = await mkdtemp(join(tmpdir(), "sandlot-processes-"));
  const postgres = await startEmbeddedPostgres({ dataDirectory: join(folder, "database"), maxConnections: 100 });
  const { socketDirectory, user, database } = postgres.connection;
  const shared: Settings = {
    "database.url": `postgres://${user}@/${database}?host=${encodeURIComponent(socketDirectory)}`,
    "storage.segments_dir": join(folder, "segments"),
    "sandbox.provider": "local",
    "models.default.url": modelUrl,
    "models.default.model": "replay",
    "models.default.replay": true,
    "models.default.api": "responses",
    "server.shutdown_grace_seconds": 2,
  };
  const started: Running[] = [];
  const clients: Client[] = [];
  const start = async (command: string, settings: Settings): Promise<Running> => {
    const dataDir = join(folder, `${command}-${started.length}`);
    await mkdir(dataDir);
    const running = await launch(command, dataDir, { ...shared, data_dir: dataDir, ...settings });
    started.push(running);
    return running;
  };
  return {
    async serve(settings = {}) {
      const running = await start("serve", { "server.port": 0, ...settings });
      const client = createClient({ url: String(running.said["url"]) });
      clients.push(client);
      return { ...running, client };
    },
    worker: (settings = {}) => start("worker", settings),
    query: (text) => query(postgres.connection, text),
    async close() {
      for (const client of clients) await client.close();
      for (const running of started) {
        running.process.kill("SIGCONT");
        await running.end("SIGTERM");
      }
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function launch(command: string, cwd: string, settings: Settings): Promise<Running> {
  const variables = Object.entries(settings).map(([path, value]): [string, string] => [
    `SANDLOT_${path.toUpperCase().replaceAll(".", "_")}`,
    String(value),
  ]);
  const child = spawn(process.execPath, [SANDLOT, command, "--json"], {
    cwd,
    env: { ...process.env, ...Object.fromEntries<string>(variables) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (data) => (log += String(data)));
  const document = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (data) => resolve(String(data)));
    child.once("exit", (code) => reject(new Error(`${command} ended with ${code}: ${log}`)));
  });
  const said = JSON.parse(document) as Record<string, unknown>;
  if ("error" in said) throw new Error(`${command} did not start: ${document}`);
  return {
    process: child,
    said,
    log: () => log,
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        await once(child, "exit");
      }
      return child.exitCode ?? child.signalCode ?? "SIGKILL";
    },
  };
}

/** The job's rollouts as its event stream tells them, when it has ended. */
export async function finished(client: Client, jobId: string): Promise<Rollout[]> {
  const rollouts: Rollout[] = [];
  for await (const event of client.jobEvents(jobId)) {
    if (event.type === "rollout") rollouts.push(event.rollout);
    if (event.type === "end") break;
  }
  return rollouts;
}

/** Looks again and again until the condition holds; fails after `ms`. */
export async function eventually(what: string, ms: number, condition: () => Promise<boolean> | boolean): Promise<void> {
  const until = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > until) throw new Error(`not within ${ms} ms: ${what}`);
    await pause(20);
  }
}
