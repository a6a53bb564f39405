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

/** `total` calls of `work`, `parallel` at a time. */
export async function inParallel(total: number, parallel: number, work: (index: number) => Promise<unknown>) {
  let next = 0;
  const worker = async () => {
    while (next < total) await work(next++);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const NAME = 48;
/** The first column of a row, then figures, then remarks. */
const COLUMNS = [NAME, 10, 10, 10, 26, 20, 8] as const;

/** One row of a table: a name, figures, remarks. */
export function row(...cells: readonly (string | number)[]): void {
  const shown = cells.map((cell) => (typeof cell === "number" ? cell.toFixed(cell < 100 ? 2 : 0) : cell));
  console.log(
    shown
      .map((cell, i) => (i === 0 ? cell.padEnd(NAME) : cell.padStart(COLUMNS[i] ?? 12)))
      .join(" ")
      .trimEnd(),
  );
}

/** A line over a group of rows, with the names of its columns. */
export function heading(text: string, ...columns: readonly string[]): void {
  console.log("");
  row(text, ...columns);
}

/** Lines of a table of which every column is as wide as it must be; the first is left-aligned, the others right. */
export function table(rows: readonly (readonly (string | number)[])[]): void {
  const texts = rows.map((cells) => cells.map(String));
  const widths = (texts[0] ?? []).map((_, i) => Math.max(...texts.map((cells) => cells[i]?.length ?? 0)));
  for (const cells of texts)
    console.log(
      cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  "),
    );
}

let missed = 0;

/** The last cell of a row with a target. */
export function verdict(isMet: boolean): string {
  if (!isMet) missed++;
  return isMet ? "met" : "MISSED";
}

export function missedTargets(): number {
  return missed;
}
