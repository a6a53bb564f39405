import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startEmbeddedPostgres } from "../../src/store/index.ts";
import { docker, openEngine } from "../../test/support/engine.ts";
import { type Launched, launch, type Settings } from "../support/serve.ts";
import { openProxy } from "./proxy.ts";

export const EXAMPLES = join(import.meta.dirname, "../../examples/environments");
const REPLICAS = 2;
const WORKERS = 3;
/** Seconds: short, so that a series sees many leases run out. */
const LEASE_SECONDS = 6;

/** A process that is started again whenever it has been killed. */
export interface Player {
  readonly name: string;
  readonly pid: number;
  /** Where it answers; empty for a worker. */
  readonly url: string;
  /** Ends it with SIGKILL and starts it again after a while. */
  kill(downMs: number): Promise<void>;
  /** Ends it in good order. */
  end(): Promise<void>;
}

/** Everything that a series needs: Postgres, an engine of its own, the model, replicas and workers. */
export interface Stage {
  readonly replicas: readonly Player[];
  readonly workers: readonly Player[];
  readonly database: string;
  readonly segments: string;
  killPostgres(): Promise<void>;
  killEngine(downMs: number): Promise<void>;
  killModel(downMs: number): Promise<void>;
  /** First processes of the sandboxes, as this machine numbers them. */
  agents(): Promise<number[]>;
  /** Cuts a worker's way to Postgres. */
  cut(worker: number, ms: number): Promise<void>;
  containers(): Promise<string[]>;
  close(): Promise<void>;
}

export async function openStage(recordings: object, images: readonly string[]): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "sandlot-chaos-"));
  const recorded = join(folder, "recordings.json");
  writeFileSync(recorded, JSON.stringify(recordings));
  const postgres = await startEmbeddedPostgres({ dataDirectory: join(folder, "database"), maxConnections: 200 });
  const { socketDirectory, user, database } = postgres.connection;
  const url = `postgres://${user}@/${database}?host=${encodeURIComponent(socketDirectory)}`;
  const engine = await openEngine(images);
  const modelPort = await freePort();
  let model = await startModel(recorded, modelPort);
  const proxies = await Promise.all(
    Array.from({ length: WORKERS }, () => openProxy(join(socketDirectory, ".s.PGSQL.5432"))),
  );
  const segments = join(folder, "segments");
  const settings: Settings = {
    "storage.segments_dir": segments,
    "sandbox.provider": "docker",
    "sandbox.docker.socket": engine.socket,
    "sandbox.pool.min": 0,
    "sandbox.pool.max": 1,
    "sandbox.slots_per_sandbox": 2,
    "worker.concurrency": 12,
    "worker.lease_seconds": LEASE_SECONDS,
    "environments.paths": EXAMPLES,
    "models.default.url": `http://127.0.0.1:${modelPort}`,
    "models.default.model": "chaos",
    "models.default.api": "responses",
  };
  const player = async (name: string, command: readonly [string, ...string[]], more: Settings): Promise<Player> => {
    const home = join(folder, name);
    mkdirSync(home);
    const start = () => launch({ ...settings, ...more }, home, command);
    let running: Launched = start();
    let answering = await running.answering;
    return {
      name,
      get pid() {
        return running.process.pid ?? 0;
      },
      get url() {
        return answering;
      },
      async kill(downMs) {
        running.process.kill("SIGKILL");
        await sleep(downMs);
        running = start();
        // It may be killed again, or find Postgres gone, while it starts.
        answering = await running.answering.catch(() => "");
      },
      end: () => running.end(),
    };
  };
  const replicas: Player[] = [];
  for (let n = 0; n < REPLICAS; n++) {
    const port = await freePort();
    const own = { "database.url": url, "worker.enabled": false };
    replicas.push(await player(`replica-${n}`, ["serve", "--port", String(port)], own));
  }
  const workers: Player[] = [];
  for (const [n, { port }] of proxies.entries()) {
    const own = { "database.url": `postgres://${user}@127.0.0.1:${port}/${database}` };
    workers.push(await player(`worker-${n}`, ["worker"], own));
  }
  return {
    replicas,
    workers,
    database: url,
    segments,
    async killPostgres() {
      const pid = Number(readFileSync(join(folder, "database", "postgres", "postmaster.pid"), "utf8").split("\n")[0]);
      process.kill(pid, "SIGKILL");
      await sleep(1_000);
    },
    async killEngine(downMs) {
      await engine.kill();
      await sleep(downMs);
      await engine.start();
    },
    async killModel(downMs) {
      model.kill("SIGKILL");
      await sleep(downMs);
      model = await startModel(recorded, modelPort);
    },
    async agents() {
      const ids = (await docker(["ps", "-q"], engine.socket)).split("\n").filter(Boolean);
      if (ids.length === 0) return [];
      const pids = await docker(["inspect", "--format", "{{.State.Pid}}", ...ids], engine.socket);
      return pids.split("\n").map(Number).filter(Boolean);
    },
    async cut(worker, ms) {
      proxies[worker]?.cut();
      await sleep(ms);
      proxies[worker]?.heal();
    },
    containers: async () => (await docker(["ps", "-aq"], engine.socket)).split("\n").filter(Boolean),
    async close() {
      model.kill("SIGKILL");
      for (const proxy of proxies) await proxy.close();
      await postgres.stop();
      await engine.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startModel(recorded: string, port: number): Promise<ChildProcess> {
  const program = join(import.meta.dirname, "model-process.ts");
  const child = spawn(process.execPath, ["--import", "tsx", program, recorded, String(port)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("a port was expected");
  return address.port;
}
