/** A time span: `4 ms`, `2.3 s`, `1 min 5 s`, `2 h 3 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A reward or rate: at most three decimals, none that say nothing. A value that rounds to 0 but is none shows its size. */
export function decimal(value: number): string {
  const text = value.toFixed(3).replace(/\.?0+$/, "");
  return Number(text) === 0 && value !== 0 ? value.toPrecision(2) : text.replace(/^-0$/, "0");
}

/** A reward that may be missing. */
export function rewardText(reward: number | null): string {
  return reward === null ? "–" : decimal(reward);
}

/** A share: `75 %`. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? "–" : `${Math.round((100 * part) / whole)} %`;
}

/** A number of things, with thousands apart: `12,345`. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** A number of things with its noun: `1 task`, `2 tasks`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** Bytes: `512 B`, `31.4 MiB`. */
export function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit] ?? ""}`;
}

/** A point in time, in UTC, to the second. */
export function timestamp(iso: string | null): string {
  return iso === null ? "–" : `${iso.slice(0, 19).replace("T", " ")}Z`;
}

/** The middle of some numbers; null when there are none. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
