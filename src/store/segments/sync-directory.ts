import { open } from "node:fs/promises";

/** Makes the directory's entries durable: a new file is on disk only when its name is. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
