import { cpus } from "node:os";

/** Quantiles of a series, in its own unit. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** What a piece of work took: wall time, and processor time of the whole machine, in milliseconds. */
export async function accounted(work: () => Promise<unknown>): Promise<{ wallMs: number; cpuMs: number }> {
  const before = busyMs();
  const wallMs = await timed(work);
  return { wallMs, cpuMs: busyMs() - before };
}

/** `total` calls of `work`, `parallel` at a time. */
export async function inParallel(total: number, parallel: number, work: (index: number) => Promise<unknown>) {
  let next = 0;
  const worker = async () => {
    while (next < total) await work(next++);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}

function busyMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}

const COLUMNS = [46, 12, 12, 30] as const;

/** One row of a table: a name, two figures, a remark. */
export function row(...cells: readonly (string | number)[]): void {
  const shown = cells.map((cell) => (typeof cell === "number" ? cell.toFixed(cell < 100 ? 2 : 0) : cell));
  console.log(
    shown
      .map((cell, i) => (i === 0 ? cell.padEnd(COLUMNS[0]) : cell.padStart(COLUMNS[i] ?? 12)))
      .join(" ")
      .trimEnd(),
  );
}

/** A line over a group of rows. */
export function heading(text: string): void {
  console.log(`\n${text}`);
}
