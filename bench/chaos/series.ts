import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "../../src/client/index.ts";
import { composeEnvironments } from "../../src/compose/environments.ts";
import { loadConfig } from "../../src/config/index.ts";
import { rootContext } from "../../src/core/context.ts";
import { readRecordings } from "../../src/resources/check/index.ts";
import { imageReference } from "../../src/sandbox/images/index.ts";
import { checkLedger, type LedgerReport } from "../ledger/check-ledger.ts";
import { hashOf } from "../ledger/checks.ts";
import type { Expected } from "../ledger/expected.ts";
import { openReader } from "../ledger/read-store.ts";
import { seeded } from "../support/measure.ts";
import { bringFaults } from "./faults.ts";
import { Load } from "./load.ts";
import { openStage } from "./stage.ts";

export interface SeriesOptions {
  /** Faults that are brought about, one of each kind in turn; none for a calm series of so many seconds. */
  readonly rounds: number;
  readonly calmSeconds?: number;
  readonly seed: number;
  readonly onRound: (kind: string, round: number, groupsKept: number) => void;
}

export interface SeriesReport extends LedgerReport {
  readonly expected: Expected;
  /** Whether everything ended in time once nothing was broken any more. */
  readonly isSettled: boolean;
  readonly containersLeft: number;
}

const ROOT = join(import.meta.dirname, "../..");
/** Rollouts that may be open while more is submitted. */
const OPEN_ROLLOUTS = 120;
/** Time for what is open to end when nothing is broken any more. */
const SETTLE_MS = 15 * 60_000;

/** Plays jobs of recorded answers, honest and hostile, while things break; then checks the ledger. */
export async function playSeries({ rounds, calmSeconds = 0, seed, onRound }: SeriesOptions): Promise<SeriesReport> {
  const random = seeded(seed);
  const { recordings, rows, answers } = await recorded();
  const images = await Promise.all([
    imageReference(join(ROOT, "sandboxes", "agent"), "toolbox"),
    imageReference(join(ROOT, "sandboxes", "python"), "python"),
  ]);
  const stage = await openStage(recordings, images);
  try {
    const stop = new AbortController();
    const { replicas, workers } = stage;
    const load = new Load({
      replicas,
      rows: new Map([["code_gen", rows]]),
      random,
      signal: stop.signal,
      openRollouts: OPEN_ROLLOUTS,
    });
    const loading = load.run().then(() => true);
    await Promise.race([sleep(5_000), loading]);
    const broken = bringFaults(stage, { rounds, random, onRound: (kind, n) => onRound(kind, n, load.taken.length) });
    // A load that breaks off fails the series at once.
    const faults = await Promise.race([broken, loading.then(() => broken)]);
    await Promise.race([sleep(1000 * calmSeconds), loading]);
    stop.abort();
    const isSettled = await Promise.race([loading, sleep(SETTLE_MS).then(() => false)]);
    const expected: Expected = { jobs: load.jobs, answers, faults, taken: load.taken };
    const client = createClient({ url: replicas[0]?.url ?? "" });
    const reader = await openReader(stage.database, stage.segments);
    const report = await checkLedger(expected, client, reader);
    await reader.close();
    await client.close();
    for (const player of [...workers, ...replicas]) await player.end();
    return { ...report, expected, isSettled, containersLeft: (await stage.containers()).length };
  } finally {
    await stage.close();
  }
}

/** The recorded answers of code_gen by prompt, the rows of their tasks, and what each answer is worth. */
async function recorded() {
  const { config } = loadConfig({ env: {}, workingDirectory: ROOT });
  const environment = await composeEnvironments(config, null).get("code_gen");
  const recordings = await readRecordings(rootContext(), environment);
  const texts = readFileSync(join(environment.folder, "data", "tasks.jsonl"), "utf8")
    .split("\n")
    .filter(Boolean);
  const rowOf = new Map(texts.map((text) => [(JSON.parse(text) as { task_id: string }).task_id, text]));
  const answers: Expected["answers"] = {};
  for (const { task, answers: given } of recordings) {
    for (const { text, kind } of given) {
      const reward = kind === "reference" || kind === "honest" ? 1 : 0;
      answers[hashOf(rowOf.get(task) ?? "", text)] = { kind, reward, isHonest: kind !== "hack" };
    }
  }
  return {
    recordings: recordings.map(({ prompt, answers: given }) => ({ prompt, answers: given.map(({ text }) => text) })),
    rows: recordings.flatMap(({ task }) => rowOf.get(task) ?? []),
    answers,
  };
}
