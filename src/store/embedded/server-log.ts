import { copyFile, open, stat, truncate } from "node:fs/promises";
import type { Clock } from "../../core/clock.ts";

/** The server's log file, open for the server to append to. */
export interface ServerLog {
  readonly fd: number;
  /** What the server said last, for the detail of an error; at most `TAIL_BYTES`. */
  tail(): Promise<string>;
  close(): Promise<void>;
}

/** Size at which the log starts anew; what it held is kept beside it as `.1`, so that it takes at most twice this. */
const LOG_BYTES = 8 * 1024 * 1024;
const CHECK_MS = 60_000;
const TAIL_BYTES = 2_000;

/** Opens the log and keeps it bounded. The server appends, so its next line after a truncation is the file's first. */
export async function openServerLog(path: string, clock: Clock): Promise<ServerLog> {
  await bound(path);
  const file = await open(path, "a+", 0o600);
  const from = (await file.stat()).size;
  let closed = false;
  let cancel = () => {};
  const watch = () => {
    if (closed) return;
    cancel = clock.after(CHECK_MS, () => {
      // A full disk, for example: the next check tries again.
      void bound(path)
        .catch(() => undefined)
        .then(watch);
    });
  };
  watch();
  return {
    fd: file.fd,
    tail: async () => {
      const { size } = await file.stat();
      const start = Math.max(Math.min(from, size), size - TAIL_BYTES);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, start);
      return buffer.toString("utf8", 0, bytesRead).trim();
    },
    close: async () => {
      if (closed) return;
      closed = true;
      cancel();
      await file.close();
    },
  };
}

async function bound(path: string): Promise<void> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size <= LOG_BYTES) return;
  await copyFile(path, `${path}.1`);
  await truncate(path);
}
