import type { Client } from "../../src/client/index.ts";
import { checkApi, checkAttempts, checkRecords, checkStore, checkTaken, type Finding } from "./checks.ts";
import type { Expected } from "./expected.ts";
import { readJob } from "./read-api.ts";
import type { StoreReader } from "./read-store.ts";

/** What became of all rollouts together. */
export interface LedgerReport {
  readonly findings: readonly Finding[];
  readonly requested: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Scored rollouts by the kind of their answer. */
  readonly kinds: Readonly<Record<string, number>>;
}

/** Reads everything that the API and the store hold of the expected jobs, and finds what must not be. */
export async function checkLedger(expected: Expected, client: Client, reader: StoreReader): Promise<LedgerReport> {
  const findings: Finding[] = [];
  const find = (kind: Finding["kind"], where: string, detail: string) => void findings.push({ kind, where, detail });
  const outcomes: Record<string, number> = {};
  const kinds: Record<string, number> = {};
  let requested = 0;
  for (const job of expected.jobs) {
    const stored = await reader.job(job.id);
    if (!stored) {
      find("lost", job.id, "the store has no such job");
      continue;
    }
    const api = await readJob(client, job.id);
    requested += api.job.tally.requested;
    add(outcomes, api.job.tally.outcomes);
    checkApi(job, api, find);
    checkStore(api, stored, find);
    checkAttempts(expected, stored, find);
    checkTaken(expected, api, find);
    add(kinds, await checkRecords(expected, { job, stored, reader }, find));
  }
  return { findings, requested, outcomes, kinds };
}

function add(sums: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
}
