import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What a data directory's server tells other commands of this user. */
export interface ServerNote {
  readonly url: string;
  readonly pid: number;
  /** `serve` stays; a `command` ends with the work it was started for, so nothing else is submitted to it. */
  readonly purpose: "serve" | "command";
  /** Key made for this server alone; null when the configured ones hold. */
  readonly api_key: string | null;
}

const NAME = "server.json";

/** Writes the note, readable by this user only; the returned function takes it away again. */
export async function writeServerNote(directory: string, note: ServerNote): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, NAME);
  const draft = join(directory, `.${NAME}.${note.pid}`);
  await writeFile(draft, `${JSON.stringify(note)}\n`, { mode: 0o600 });
  // The mode above holds only for a new file.
  await chmod(draft, 0o600);
  await rename(draft, file);
  return async () => {
    const current = await readServerNote(directory);
    if (current?.pid === note.pid && current.url === note.url) await rm(file, { force: true });
  };
}

/** The note of a data directory; null when there is none that can be read. */
export async function readServerNote(directory: string): Promise<ServerNote | null> {
  try {
    const { url, pid, purpose, api_key } = JSON.parse(
      await readFile(join(directory, NAME), "utf8"),
    ) as Partial<ServerNote>;
    if (typeof url !== "string" || typeof pid !== "number") return null;
    return { url, pid, purpose: purpose ?? "serve", api_key: api_key ?? null };
  } catch {
    return null;
  }
}

/** Whether a process of this machine has the number; a note whose process is gone is stale. */
export function processExists(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
