/**
 * Run on a file system of two megabytes (shocks.ts): fills the store until it is refused, and looks at what it has then.
 * Usage: full-disk-process.ts FOLDER. Prints `well`, or what is wrong.
 */
import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rootContext } from "../../../src/core/context.ts";
import { SandlotError } from "../../../src/core/errors/sandlot-error.ts";
import { openSegments } from "../../../src/store/segments/segment-store.ts";

const folder = process.argv[2] ?? "";
const ctx = rootContext();
const ballast = join(folder, "ballast");
writeFileSync(ballast, randomBytes(600_000));
const blobs = await openSegments({ directory: join(folder, "segments") });
const record = () => new Map([["row", randomBytes(100_000)]]);
const kept: [Awaited<ReturnType<typeof blobs.append>>, Map<string, Buffer>][] = [];
let refusal: unknown = null;
while (refusal === null && kept.length < 100) {
  const next = record();
  try {
    kept.push([await blobs.append(ctx, next), next]);
  } catch (error) {
    refusal = error;
  }
}
const problems: string[] = [];
if (!(refusal instanceof SandlotError)) problems.push(`not a coded refusal: ${String(refusal)}`);
for (const [pointer, given] of kept) {
  const found = await blobs.read(ctx, pointer);
  if (!Buffer.from(found.get("row") ?? []).equals(given.get("row") ?? Buffer.of()))
    problems.push("a record has changed");
}
rmSync(ballast);
const next = record();
const pointer = await blobs.append(ctx, next);
if (!Buffer.from((await blobs.read(ctx, pointer)).get("row") ?? []).equals(next.get("row") ?? Buffer.of()))
  problems.push("no recovery");
await blobs.close();
console.log(problems.join("; ") || "well");
