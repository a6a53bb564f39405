import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "../../src/client/index.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../src/store/index.ts";
import { cpuMs } from "../support/process-use.ts";
import { type Launched, launch, type Settings } from "../support/serve.ts";
import { type InstantModel, type RunningModel, startInstantModel } from "./instant-model.ts";
import type { Play } from "./tasks.ts";

/** A server, workers beside it, the database and the model, each a process of its own, as an installation has them. */
export interface Stand {
  readonly client: Client;
  readonly url: string;
  readonly server: Launched;
  readonly workers: readonly Launched[];
  readonly model: RunningModel;
  /** Processor time so far, milliseconds. */
  cpu(): { readonly server: number; readonly database: number; readonly model: number };
  /** A worker that ends is replaced by another. */
  startWorker(): Promise<Launched>;
  stop(): Promise<void>;
}

export interface StandOptions {
  readonly play: Play;
  readonly model?: Partial<InstantModel>;
  /** Workers beside the server. */
  readonly workers?: number;
  /** Whether the server plays, too. Default true. */
  readonly serverPlays?: boolean;
  readonly settings?: Settings;
  /** Of the server's process, as `--cpu-prof`. */
  readonly nodeOptions?: readonly string[];
}

export async function openStand(options: StandOptions): Promise<Stand> {
  const { play, model: how, workers: count = 0, serverPlays = true, settings, nodeOptions = [] } = options;
  const folder = mkdtempSync(join(tmpdir(), "sandlot-bench-"));
  const model = await startInstantModel({ turns: play.turns, ...how });
  const postgres = await startEmbeddedPostgres({ dataDirectory: join(folder, "database"), maxConnections: 100 });
  const shared: Settings = {
    "database.url": urlOf(postgres),
    "storage.segments_dir": join(folder, "segments"),
    "environments.paths": play.path,
    "models.default.url": model.url,
    "models.default.model": "m",
    "models.default.api": "responses",
    "models.default.timeout_seconds": 600,
    "log.level": "error",
    ...settings,
  };
  const workers: Launched[] = [];
  const startWorker = async () => {
    const worker = launch(shared, mkdtempSync(join(folder, "worker-")), ["worker"]);
    workers.push(worker);
    await worker.answering;
    return worker;
  };
  const ofServer = { ...shared, ...(serverPlays ? {} : { "worker.enabled": false }) };
  const server = launch(ofServer, mkdtempSync(join(folder, "server-")), ["serve", "--port", "0"], nodeOptions);
  const url = await server.answering;
  for (let i = 0; i < count; i++) await startWorker();
  const client = createClient({ url });
  const [postmaster = ""] = readFileSync(join(folder, "database", "postgres", "postmaster.pid"), "utf8").split("\n");
  return {
    client,
    url,
    server,
    workers,
    model,
    startWorker,
    cpu: () => ({
      server: [server, ...workers].reduce((sum, { process: { pid = 0 } }) => sum + cpuMs(pid), 0),
      database: cpuMs(Number(postmaster)),
      model: cpuMs(model.process.pid ?? 0),
    }),
    async stop() {
      await client.close();
      for (const launched of [...workers, server]) await launched.end();
      model.stop();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function urlOf({ connection: { socketDirectory, user, database } }: EmbeddedPostgres): string {
  return `postgres://${user}@/${database}?host=${encodeURIComponent(socketDirectory)}`;
}
