import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of its own with so much space. */
export interface SmallDisk {
  readonly path: string;
  /** Writes a file over everything that is free but `left` bytes. */
  fill(left?: number): void;
  /** Removes that file. */
  drain(): void;
  unmount(): void;
}

/** Mounts a tmpfs. */
export function smallDisk(bytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), "sandlot-disk-"));
  // The embedded server's account goes through it.
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes},mode=755`, "tmpfs", path], { stdio: "pipe" });
  const filler = join(path, "filler");
  return {
    path,
    fill: (left = 0) => {
      for (const step of [1 << 20, 4096]) {
        const block = Buffer.alloc(step);
        try {
          while (freeBytes(path) >= left + step) writeFileSync(filler, block, { flag: "a" });
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
        }
      }
    },
    drain: () => rmSync(filler, { force: true }),
    unmount: () => {
      execFileSync("umount", ["--lazy", path]);
      rmSync(path, { recursive: true });
    },
  };
}

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

/** Why no file system can be mounted here; null where one can. */
export function noSmallDisk(): string | null {
  try {
    smallDisk(1 << 20).unmount();
    return null;
  } catch (error) {
    return `no tmpfs can be mounted: ${(error as Error).message.split("\n").at(-1)}`;
  }
}
