import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { identify, lives, type ProcessIdentity } from "./process-identity.ts";

/** The right to use a data directory. */
export interface DirectoryLock {
  /** Gives the directory free; asking twice is fine. */
  release(): Promise<void>;
}

interface Holder extends ProcessIdentity {
  /** Made for each lock anew: names the lock that takes this one over. */
  readonly token: string;
}

/**
 * Locks the data directory for this process, and makes it when it is missing. The lock of a process that is gone is
 * taken over; `data_dir_locked` when its holder lives. It sees processes of its own machine (of its own container, if
 * it is in one) only.
 */
export async function lockDataDirectory(directory: string): Promise<DirectoryLock> {
  try {
    return await lock(directory);
  } catch (error) {
    throw SandlotError.from(error);
  }
}

async function lock(directory: string): Promise<DirectoryLock> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const me: Holder = {
    ...((await identify(process.pid)) ?? { pid: process.pid, startTime: null }),
    token: randomUUID(),
  };
  const own = join(directory, `lock.${me.token}.new`);
  await writeFile(own, JSON.stringify(me), { mode: 0o600, flush: true });
  try {
    while (!(await takeLock(directory, own)));
  } finally {
    await rm(own, { force: true });
  }
  const file = join(directory, "lock");
  return {
    release: async () => {
      if ((await holderOf(file))?.token === me.token) await rm(file, { force: true });
    },
  };
}

/**
 * One try to hold the lock; false when it must be looked at again. A file appears with its content, by a link, and only
 * one process can make it. The heir of a dead holder is whoever makes the file named after the dead holder's token,
 * and should the heir die before it has moved that file over the lock, whoever makes the file named after the heir's.
 * Such a file goes away only after the lock itself has changed, so a heir that still finds the lock as it was is the only one.
 */
async function takeLock(directory: string, own: string): Promise<boolean> {
  const lock = join(directory, "lock");
  if (await linked(own, lock)) return true;
  const head = await holderOf(lock);
  const inheritances: string[] = [];
  for (let holder = head; holder; holder = await holderOf(inheritances.at(-1) ?? lock)) {
    if (await lives(holder)) throw new SandlotError("data_dir_locked", { directory, pid: holder.pid });
    const inheritance = join(directory, `lock.${holder.token}`);
    const won = await linked(own, inheritance);
    inheritances.push(inheritance);
    if (!won) continue;
    if ((await holderOf(lock))?.token !== head?.token) {
      await rm(inheritance, { force: true });
      return false;
    }
    await rename(inheritance, lock);
    for (const path of inheritances) await rm(path, { force: true });
    return true;
  }
  return false;
}

async function linked(existing: string, path: string): Promise<boolean> {
  try {
    await link(existing, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Null when there is no such file. Content that we did not write belongs to a holder that is gone. */
async function holderOf(path: string): Promise<Holder | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  try {
    const { pid, startTime, token } = JSON.parse(text) as Partial<Holder>;
    if (typeof pid === "number" && typeof token === "string") return { pid, startTime: startTime ?? null, token };
  } catch {
    // Fall through: an empty or foreign file.
  }
  return { pid: 0, startTime: "", token: "foreign" };
}
