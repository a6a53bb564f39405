import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../../core/clock.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";

const NAME = /^[0-9]{8}t[0-9]{6}-[0-9a-f]{12}-[0-9]{6,}$/;

/**
 * Names for the segments of one process: the time at which it started to write, so that a listing is in order, a random
 * part, so that processes can share a directory, and a number.
 */
export function segmentNames(clock: Clock): () => string {
  const time = new Date(clock.now()).toISOString().slice(0, 19).replaceAll(/[-:]/g, "").toLowerCase();
  const writer = `${time}-${randomBytes(6).toString("hex")}`;
  let number = 0;
  return () => `${writer}-${String(++number).padStart(6, "0")}`;
}

/** The segment of a file, by its name; null for a file that is none. */
export function segmentOfFile(file: string): string | null {
  const name = file.endsWith(".seg") ? file.slice(0, -".seg".length) : "";
  return NAME.test(name) ? name : null;
}

/** The file of a segment. A name that we would not give, one with a path in it for example, is `storage_corrupt`. */
export function segmentPath(directory: string, segment: string): string {
  if (NAME.test(segment)) return join(directory, `${segment}.seg`);
  throw new SandlotError("storage_corrupt", { detail: `${JSON.stringify(segment)} is no name of a segment` });
}
