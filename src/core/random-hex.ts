import { randomFillSync } from "node:crypto";

/** Drawn at once: asking the kernel for a few bytes costs more than using them. */
const pool = Buffer.allocUnsafe(8192);
let used = pool.length;

/** Random bytes as lower-case hexadecimal digits; at most 4096 bytes. */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const hex = pool.toString("hex", used, used + bytes);
  used += bytes;
  return hex;
}
