import type { BreakReason } from "../../core/tokens/prefix-break.ts";
import type { Said } from "./said.ts";

/** What a caller did with a conversation: `same` when it only went on, `other` when it is another conversation. */
export type HistoryChange =
  | "same"
  | "other"
  | Extract<BreakReason, "dropped_reasoning" | "truncation" | "compaction" | "edited_history">;

/** Compares what is said `now` with what had been said `before`, the model's answer included. */
export function historyChange(before: readonly Said[], now: readonly Said[]): HistoryChange {
  if (startsWith(now, before)) return "same";
  const [spokenBefore, spokenNow] = [before, now].map((entries) => entries.filter(({ kind }) => kind !== "reasoning"));
  if (!spokenBefore || !spokenNow) return "other";
  if (startsWith(spokenNow, spokenBefore)) return "dropped_reasoning";
  const kept = keptEntries(spokenBefore, spokenNow);
  if (!kept.some(({ entry }) => entry.kind !== "system")) return kept.length > 0 ? "compaction" : "other";
  const last = kept.at(-1);
  const added = (last?.now ?? 0) + 1 - kept.length;
  if (last?.before !== spokenBefore.length - 1) return "edited_history";
  if (added === 0) return "truncation";
  return kept.length + added < spokenBefore.length ? "compaction" : "edited_history";
}

/** How many things both begin with. */
function commonStart(a: readonly Said[], b: readonly Said[]): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at]?.key === b[at]?.key) at++;
  return at;
}

function startsWith(whole: readonly Said[], start: readonly Said[]): boolean {
  return commonStart(whole, start) === start.length;
}

interface Kept {
  readonly entry: Said;
  readonly before: number;
  readonly now: number;
}

/** Entries of `before` that are found again, in order. */
function keptEntries(before: readonly Said[], now: readonly Said[]): Kept[] {
  const places = new Map<string, number[]>();
  // The last first, so that the first that is left is at the end.
  for (const [at, { key }] of [...before.entries()].reverse()) {
    const list = places.get(key);
    if (list) list.push(at);
    else places.set(key, [at]);
  }
  const kept: Kept[] = [];
  let from = 0;
  for (const [index, entry] of now.entries()) {
    const list = places.get(entry.key) ?? [];
    let at = list.pop();
    while (at !== undefined && at < from) at = list.pop();
    if (at === undefined) continue;
    kept.push({ entry, before: at, now: index });
    from = at + 1;
  }
  return kept;
}
