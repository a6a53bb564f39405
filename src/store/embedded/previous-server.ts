import { readFile, readlink, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { pause } from "./pause.ts";
import { exists } from "./process-identity.ts";

/** Time for the fast shutdown of a server that was left behind, then for the immediate one. Milliseconds. */
const FAST_MS = 20_000;
const IMMEDIATE_MS = 10_000;
const POLL_MS = 10;

/**
 * Ends the server that a killed process left in `directory`; its supervisor is stopping it already, or was killed
 * too. The caller holds the data directory's lock, so nobody uses that server any more.
 */
export async function endPreviousServer(directory: string): Promise<void> {
  const pidFile = join(directory, "postmaster.pid");
  const pid = Number.parseInt(await readFile(pidFile, "latin1").catch(() => ""), 10);
  if (!(pid > 0)) return;
  const place = await workingDirectory(pid);
  if (place !== null && place !== (await realpath(directory))) {
    // The number has come round to another process, and the file would make Postgres think it its own.
    await rm(pidFile, { force: true });
    return;
  }
  if (await ended(pid, "SIGINT", FAST_MS)) return;
  if (await ended(pid, "SIGQUIT", IMMEDIATE_MS)) return;
  throw new SandlotError("database_unavailable", {
    detail: `the earlier server (process ${pid}) in ${directory} does not stop`,
  });
}

/** Where the process is; a server is in its directory. Null where the system does not tell, or when it has gone. */
async function workingDirectory(pid: number): Promise<string | null> {
  return readlink(`/proc/${pid}/cwd`).catch(() => null);
}

async function ended(pid: number, signal: NodeJS.Signals, withinMs: number): Promise<boolean> {
  const end = performance.now() + withinMs;
  try {
    process.kill(pid, signal);
  } catch {
    return true;
  }
  while (exists(pid)) {
    if (performance.now() > end) return false;
    await pause(POLL_MS);
  }
  return true;
}
