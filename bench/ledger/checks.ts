import { createHash } from "node:crypto";
import { rawMembers } from "../../src/core/json/raw.ts";
import type { ApiJob } from "./read-api.ts";
import { AFTERMATH_MS, type Expected, type ExpectedJob } from "./expected.ts";
import type { StoredAttempt, StoredJob, StoredRollout, StoreReader } from "./read-store.ts";

/** Something that must not be. */
export interface Finding {
  readonly kind:
    | "lost"
    | "twice"
    | "sequence"
    | "count"
    | "group"
    | "attempts"
    | "disagreement"
    | "reward without a verdict"
    | "false zero"
    | "false reward"
    | "mask without a fault"
    | "record"
    | "row"
    | "delivery"
    | "left over";
  readonly where: string;
  readonly detail: string;
}

export type Find = (kind: Finding["kind"], where: string, detail: string) => void;

export const hashOf = (...texts: readonly string[]): string =>
  createHash("sha256").update(texts.join("\0")).digest("hex");

/** The API against itself and against what was submitted. */
export function checkApi(expected: ExpectedJob, { job, rollouts, groups }: ApiJob, find: Find): void {
  const where = job.id;
  const { tally } = job;
  const requested = expected.tasks * expected.repeats;
  if (tally.requested !== requested) find("lost", where, `${requested} were asked for, ${tally.requested} are counted`);
  if (tally.queued + tally.running > 0) find("lost", where, `${tally.queued + tally.running} are not done`);
  if (rollouts.length !== requested) find("lost", where, `${requested} were asked for, ${rollouts.length} are listed`);
  const accounted = tally.scored + tally.truncated + tally.masked;
  if (accounted !== requested) find("count", where, `scored + truncated + masked = ${accounted} of ${requested}`);
  repeated(
    rollouts.map(({ task_index, rollout_index }) => `${task_index}.${rollout_index}`),
    (place) => find("twice", where, `rollout ${place} is listed more than once`),
  );
  for (const detail of gaps(rollouts)) find("sequence", where, detail);
  for (const [outcome, count] of Object.entries(tally.outcomes)) {
    const listed = rollouts.filter((rollout) => rollout.outcome === outcome).length;
    if (listed !== count) find("count", where, `${outcome}: ${count} counted, ${listed} listed`);
  }
  if (groups.length !== expected.tasks) find("group", where, `${groups.length} groups of ${expected.tasks} tasks`);
  for (const detail of gaps(groups)) find("sequence", where, `groups: ${detail}`);
  for (const group of groups) {
    if (group.rollouts.length !== expected.repeats) {
      find("group", group.id, `${group.rollouts.length} rollouts instead of ${expected.repeats}`);
    }
    const kept = group.rollouts.filter(({ masked }) => masked === false).length;
    const surplus = group.rollouts.filter(({ reason }) => reason === "surplus").length;
    if (surplus > 0 && kept < (expected.wanted ?? Infinity)) {
      find("group", group.id, `${surplus} ended as surplus beside ${kept} that are kept`);
    }
  }
}

/** The store against the API. */
export function checkStore(api: ApiJob, stored: StoredJob, find: Find): void {
  const { tally } = api.job;
  const listed = new Map(api.rollouts.map((rollout) => [rollout.id, rollout]));
  repeated(
    stored.rollouts.map(({ task_index, rollout_index }) => `${task_index}.${rollout_index}`),
    (place) => find("twice", api.job.id, `rollout ${place} is stored more than once`),
  );
  const { queued, running } = stored.job as { queued: number; running: number };
  if (queued !== 0 || running !== 0) find("count", api.job.id, `${queued} queued and ${running} running are counted`);
  const counted = Object.values(tally.outcomes).reduce((sum, count) => sum + count, 0);
  if (stored.rollouts.length !== counted) {
    find("count", api.job.id, `${stored.rollouts.length} rows, ${counted} counted`);
  }
  for (const row of stored.rollouts) {
    const shown = listed.get(row.id);
    if (row.state !== "done" || row.lease_owner !== null)
      find("left over", row.id, `${row.state} of ${row.lease_owner}`);
    const same = shown && shown.outcome === row.outcome && shown.reward === row.reward && shown.masked === row.masked;
    if (!same || shown.sequence !== row.sequence)
      find("disagreement", row.id, "the API and the store say different things");
    const isRewarded = row.outcome === "scored" || row.outcome === "truncated";
    if (row.reward !== null && (!isRewarded || row.masked)) {
      find("reward without a verdict", row.id, `${row.reward} for ${row.outcome}`);
    }
    if (row.outcome === "scored" && (row.reward === null || row.masked))
      find("lost", row.id, "scored without its reward");
  }
  for (const group of stored.groups) {
    if (group.open !== 0 || group.sequence === null)
      find("group", `${api.job.id}-${group.task_index}`, "is not complete");
    const members = stored.rollouts.filter(({ task_index }) => task_index === group.task_index).length;
    if (members !== group.size) find("group", `${api.job.id}-${group.task_index}`, `${members} of ${group.size}`);
  }
}

/** The ledger of attempts against the rollouts, and masks against the faults that there were. */
export function checkAttempts(expected: Expected, { rollouts, attempts }: StoredJob, find: Find): void {
  const byRollout = grouped(attempts, ({ rollout_id }) => rollout_id);
  for (const row of rollouts) {
    const ledger = byRollout.get(row.id) ?? [];
    if (ledger.length !== row.attempts || ledger.some(({ number }, index) => number !== index + 1)) {
      find("attempts", row.id, `${row.attempts} attempts, ledger ${ledger.map(({ number }) => number).join(", ")}`);
    }
    if (ledger.some(({ ended_at }) => ended_at === null)) find("attempts", row.id, "an attempt never ended");
    if (ledger.slice(0, -1).some(({ retried }) => !retried)) find("attempts", row.id, "an attempt follows an end");
    const last = ledger.at(-1);
    if (row.outcome === "scored" && last?.outcome !== "scored")
      find("attempts", row.id, "its last attempt did not score");
    const isFault = row.masked && row.outcome !== "cancelled" && row.outcome !== "truncated";
    if (isFault && !ledger.some((attempt) => isBesideFault(attempt, expected.faults))) {
      find("mask without a fault", row.id, `${row.outcome}, and nothing had been broken`);
    }
  }
}

function isBesideFault({ started_at, ended_at }: StoredAttempt, faults: Expected["faults"]): boolean {
  const end = ended_at?.getTime() ?? Infinity;
  return faults.some(({ at, until }) => started_at.getTime() <= until + AFTERMATH_MS && end >= at);
}

/** Rows and records: what was submitted is what was played, and every reward is the one that its answer is worth. */
export async function checkRecords(
  expected: Expected,
  { job, stored, reader }: { readonly job: ExpectedJob; readonly stored: StoredJob; readonly reader: StoreReader },
  find: Find,
): Promise<Record<string, number>> {
  const kinds: Record<string, number> = {};
  for (const row of stored.rollouts) {
    const text = await partOf(reader, row, find);
    const sent = job.rows[row.task_index] ?? "";
    if (text !== null && !holds(text, sent)) find("row", row.id, "is not the row that was sent");
    if (row.outcome !== "scored") continue;
    const answer = await answerOf(reader, row, find);
    if (answer === null) continue;
    const worth = expected.answers[hashOf(sent, answer)];
    if (!worth) {
      find("record", row.id, `an answer that no model gave: ${answer.slice(0, 80)}`);
      continue;
    }
    kinds[worth.kind] = (kinds[worth.kind] ?? 0) + 1;
    if (row.reward === worth.reward) continue;
    find(
      row.reward === 0 ? "false zero" : "false reward",
      row.id,
      `${row.reward} for an answer (${worth.kind}) worth ${worth.reward}`,
    );
  }
  return kinds;
}

/** Whether a stored row has every member of the one that was sent as it was; an environment may have added a prompt. */
function holds(stored: string, sent: string): boolean {
  const members = rawMembers(stored);
  return Array.from(rawMembers(sent)).every(([name, text]) => members.get(name) === text);
}

async function partOf(reader: StoreReader, row: StoredRollout, find: Find): Promise<string | null> {
  try {
    const pointer = { segment: row.row_segment, offset: row.row_offset, length: row.row_length };
    return (await reader.record(pointer)).get(row.row_part) ?? null;
  } catch (error) {
    find("row", row.id, String(error));
    return null;
  }
}

async function answerOf(reader: StoreReader, row: StoredRollout, find: Find): Promise<string | null> {
  const { record_segment: segment, record_offset: offset, record_length: length } = row;
  if (segment === null || offset === null || length === null) {
    find("record", row.id, "scored without a record");
    return null;
  }
  try {
    const parts = await reader.record({ segment, offset, length });
    const verdict = JSON.parse(parts.get("verdict") ?? "null") as { reward: number } | null;
    if (verdict?.reward !== row.reward)
      find("record", row.id, `its verdict says ${verdict?.reward}, its row ${row.reward}`);
    const final = JSON.parse(parts.get("final") ?? "null") as { output?: { content?: { text?: string }[] }[] } | null;
    const texts = final?.output?.flatMap(({ content }) => content?.flatMap(({ text }) => text ?? []) ?? []) ?? [];
    return texts.at(-1) ?? "";
  } catch (error) {
    find("record", row.id, String(error));
    return null;
  }
}

/** What a consumer kept against the groups that there are: each once, as it is. */
export function checkTaken(expected: Expected, { job, groups }: ApiJob, find: Find): void {
  if (expected.taken === null) return;
  const mine = expected.taken.filter((taken) => taken.job === job.id);
  const bySequence = grouped(mine, ({ sequence }) => sequence);
  for (const group of groups) {
    const kept = bySequence.get(group.sequence) ?? [];
    if (kept.length !== 1) find("delivery", group.id, `kept ${kept.length} times`);
    const members = group.rollouts.map(({ id }) => id).toSorted();
    if (kept.some(({ rollouts }) => rollouts.toSorted().join() !== members.join())) {
      find("delivery", group.id, "was another group when it was kept");
    }
  }
  if (bySequence.size > groups.length) find("delivery", job.id, `${bySequence.size} kept of ${groups.length} groups`);
}

function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function repeated(names: readonly string[], tell: (name: string) => void): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) tell(name);
    seen.add(name);
  }
}

/** The first place that does not hold its number. */
function gaps(items: readonly { readonly sequence: number | null }[]): string[] {
  const wrong = items.findIndex(({ sequence }, index) => sequence !== index + 1);
  return wrong < 0 ? [] : [`place ${wrong + 1} holds ${items[wrong]?.sequence}`];
}
