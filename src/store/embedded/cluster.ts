import { chown, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Binaries } from "./binaries.ts";
import type { RunAs } from "./run-as.ts";
import type { ServerLog } from "./server-log.ts";
import { EMBEDDED_USER } from "./settings.ts";
import { supervise } from "./supervise.ts";

export interface ClusterOptions {
  readonly dataDirectory: string;
  readonly binaries: Binaries;
  readonly runAs: RunAs;
  readonly log: ServerLog;
}

const UNFINISHED = "postgres.new";

/**
 * The server's own directory, made with initdb at the first start. It gets its name when it is complete, so that a
 * start that was interrupted leaves nothing that looks like a database.
 */
export async function ensureCluster(options: ClusterOptions): Promise<string> {
  const directory = join(options.dataDirectory, "postgres");
  if (await present(directory)) return directory;
  const parent = join(options.dataDirectory, UNFINISHED);
  await rm(parent, { recursive: true, force: true, maxRetries: 5 });
  await mkdir(parent, { mode: 0o700 });
  const { owner } = options.runAs;
  if (owner) await chown(parent, owner.uid, owner.gid);
  const unfinished = join(parent, "data");
  await initialise(options, unfinished);
  await writeFile(
    join(unfinished, "pg_hba.conf"),
    "# The socket's directory keeps everybody else out.\nlocal all all trust\n",
  );
  await rename(unfinished, directory);
  await rm(parent, { recursive: true, force: true });
  return directory;
}

async function present(directory: string): Promise<boolean> {
  const entries = await readdir(directory).catch(() => []);
  if (entries.length === 0) return false;
  // Somebody else's files are not written over.
  await stat(join(directory, "PG_VERSION")).catch((cause: unknown) => {
    throw new SandlotError("database_unavailable", { detail: `${directory} is no Postgres directory` }, { cause });
  });
  return true;
}

async function initialise({ binaries, runAs, log }: ClusterOptions, directory: string): Promise<void> {
  const shape = ["--encoding=UTF8", "--locale=C", `--username=${EMBEDDED_USER}`, "--auth=trust", "--no-instructions"];
  const run = supervise({ runAs, output: log.fd, command: [binaries.initdb, "-D", directory, ...shape] });
  const code = await run.ended;
  run.stop();
  if (code === 0) return;
  throw new SandlotError("database_unavailable", { detail: `initdb failed (${code}): ${await log.tail()}` });
}
