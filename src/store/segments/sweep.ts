import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../core/clock.ts";
import { POINTER_MAX_AGE_MS } from "../port.ts";
import { segmentOfFile } from "./segment-name.ts";

/**
 * Age of its last write after which a segment that nobody points to may go: its writer has long turned to another (writer.ts), and what
 * was appended has its row, or never will. Twice that age, for clocks of file servers.
 */
export const SWEEP_AGE_MS = 2 * POINTER_MAX_AGE_MS;
/** How long nobody may have pointed to it: a transaction under way copies pointers of a job that another one removes. */
const SUSPECT_MS = 10 * 60_000;

export interface SegmentFile {
  readonly name: string;
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly writtenAt: number;
}

/** The segments in the directory. One that goes away meanwhile is not among them. */
export async function listSegments(directory: string): Promise<SegmentFile[]> {
  const files: SegmentFile[] = [];
  for (const file of await readdir(directory)) {
    const name = segmentOfFile(file);
    const found = name === null ? null : await stat(join(directory, file)).catch(() => null);
    if (name !== null && found) files.push({ name, bytes: found.size, writtenAt: found.mtimeMs });
  }
  return files;
}

/** Removes segments that nobody points to. Processes may sweep one directory at the same time. */
export class Sweeper {
  readonly #directory: string;
  readonly #clock: Clock;
  /** Since when each was seen without anybody pointing to it. */
  readonly #suspects = new Map<string, number>();

  constructor({ directory, clock }: { readonly directory: string; readonly clock: Clock }) {
    this.#directory = directory;
    this.#clock = clock;
  }

  /** Whether a sweep would find one to remove later on. */
  get hasSuspects(): boolean {
    return this.#suspects.size > 0;
  }

  /** `inUse` was read after `files`. Answers what was removed. */
  async sweep(files: readonly SegmentFile[], inUse: ReadonlyMap<string, unknown>): Promise<SegmentFile[]> {
    const now = this.#clock.monotonic();
    const old = this.#clock.now() - SWEEP_AGE_MS;
    const unused = files.filter(({ name, writtenAt }) => writtenAt < old && !inUse.has(name));
    const names = new Set(unused.map(({ name }) => name));
    for (const name of this.#suspects.keys()) if (!names.has(name)) this.#suspects.delete(name);
    const removed: SegmentFile[] = [];
    for (const file of unused) {
      const since = this.#suspects.get(file.name) ?? now;
      this.#suspects.set(file.name, since);
      if (now - since < SUSPECT_MS) continue;
      await rm(join(this.#directory, `${file.name}.seg`), { force: true });
      this.#suspects.delete(file.name);
      removed.push(file);
    }
    return removed;
  }
}
