/**
 * Records of rollouts in segments: bytes on disk, and processor time to write and to read, beside gzip over the whole record.
 * Rollouts are made up, in the form of Chat Completions: a system prompt, tools, and turns of text and tool results.
 * Usage: npm run bench -- segments [--seconds 1]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs, promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { rootContext } from "../src/core/context.ts";
import type { BlobRecord } from "../src/store/index.ts";
import { decodeRecord, encodeRecord } from "../src/store/segments/record.ts";
import { openSegments } from "../src/store/segments/segment-store.ts";
import { conversation, type ConversationShape } from "./segments/conversation.ts";
import { heading, inParallel, quantile, row, timed } from "./support/measure.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "1" } } });
const budgetMs = 1000 * Number(values.seconds);
const [pack, unpack] = [promisify(gzip), promisify(gunzip)];

const SHAPES: readonly (ConversationShape & { readonly name: string })[] = [
  { name: "1 turn, 2 KB", turns: 1, toolCharacters: 0, tokens: false, system: 500 },
  { name: "3 turns", turns: 3, toolCharacters: 1_000, tokens: false, system: 2_000 },
  { name: "3 turns, token ids", turns: 3, toolCharacters: 1_000, tokens: true, system: 2_000 },
  { name: "20 turns", turns: 20, toolCharacters: 2_000, tokens: false, system: 4_000 },
  { name: "20 turns, token ids", turns: 20, toolCharacters: 2_000, tokens: true, system: 4_000 },
  { name: "200 turns", turns: 200, toolCharacters: 1_000, tokens: false, system: 4_000 },
  { name: "200 turns, token ids", turns: 200, toolCharacters: 1_000, tokens: true, system: 4_000 },
];

heading("one record", "raw KiB", "disk KiB", "gzip KiB");
for (const shape of SHAPES) {
  const record = conversation(shape);
  const raw = sizeOf(record);
  const stored = await encodeRecord(record);
  const whole = await pack(joined(record), { level: 3 });
  row(shape.name, raw / 1024, stored.length / 1024, whole.length / 1024);
}

heading("milliseconds of processor time", "write", "gzip", "held, read, gunzip");
for (const shape of SHAPES) {
  const record = conversation(shape);
  const stored = await encodeRecord(record);
  const bytes = joined(record);
  const whole = await pack(bytes, { level: 3 });
  const write = await measured(() => encodeRecord(record));
  const plain = await measured(() => pack(joined(record), { level: 3 }));
  const read = await measured(() => decodeRecord(stored, "bench"));
  const plainRead = await measured(() => unpack(whole));
  const held = `${write.heldMs.toFixed(3)} held`;
  row(shape.name, write.cpuMs, plain.cpuMs, `${held}, ${read.cpuMs.toFixed(2)}, ${plainRead.cpuMs.toFixed(2)}`);
}

const small = conversation({ turns: 3, toolCharacters: 1_000, tokens: false, system: 2_000 });
for (const parallel of [1, 16, 64]) {
  const started = performance.now();
  const before = process.cpuUsage();
  await inParallel(2_000, parallel, () => encodeRecord(small));
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  const share = `${((user + system) / 1e6 / seconds).toFixed(2)} cores`;
  row(`3 turns, ${parallel} at once, records/s`, 2_000 / seconds, share);
}

// Small records while large ones are written: both share Node's threads and the disk.
heading("durable appends", "per second", "p50 ms", "p99 ms", "event loop p99");
for (const large of [0, 2]) {
  const directory = mkdtempSync(join(tmpdir(), "sandlot-bench-"));
  const blobs = await openSegments({ directory });
  const ctx = rootContext();
  const huge = conversation({ turns: 100, toolCharacters: 1_000, tokens: true, system: 4_000 });
  const end = performance.now() + 2 * budgetMs;
  const over = new AbortController();
  const writers = Array.from({ length: large }, async () => {
    while (!over.signal.aborted) await blobs.append(ctx, huge);
  });
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const waits: number[] = [];
  const started = performance.now();
  await inParallel(10_000, 64, async () => {
    if (performance.now() < end) waits.push(await timed(() => blobs.append(ctx, small)));
  });
  const seconds = (performance.now() - started) / 1000;
  loop.disable();
  over.abort();
  await Promise.all(writers);
  await blobs.close();
  rmSync(directory, { recursive: true });
  const name = `3 turns, 64 at once${large > 0 ? `, beside ${large} of ${Math.round(sizeOf(huge) / 2 ** 20)} MiB` : ""}`;
  row(
    name,
    waits.length / seconds,
    quantile(waits, 0.5),
    quantile(waits, 0.99),
    `${(loop.percentile(99) / 1e6).toFixed(1)} ms`,
  );
}

function sizeOf(record: BlobRecord): number {
  return Array.from(record.values()).reduce((sum, part) => sum + part.length, 0);
}

function joined(record: BlobRecord): Buffer {
  return Buffer.concat([...record.values()]);
}

/** Processor time of all threads, and for how long the event loop was held before the work went on elsewhere; per run. */
async function measured(work: () => Promise<unknown>): Promise<{ cpuMs: number; heldMs: number }> {
  await work();
  const before = process.cpuUsage();
  const until = performance.now() + budgetMs / 4;
  let held = 0;
  let runs = 0;
  do {
    const start = performance.now();
    const done = work();
    held += performance.now() - start;
    await done;
    runs++;
  } while (performance.now() < until);
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000 / runs, heldMs: held / runs };
}
