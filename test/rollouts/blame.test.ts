import { afterEach, describe, expect, it } from "vitest";
import type { RolloutRecord } from "../../src/contract/rollouts.ts";
import type { CaseStatus } from "../../src/contract/verdict.ts";
import type { Row } from "../../src/resources/index.ts";
import { ctx, openPlatform, recordOf, replayOf, runJob, type TestPlatformOptions } from "../support/platform.ts";
import { squareAnswer, squareRow } from "../support/rows.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A program that tries to bring down what it runs in, and the failures it may be found guilty of. */
interface Attack {
  readonly name: string;
  readonly source: string;
  readonly reasons: readonly CaseStatus[];
  /** Processor time that it is given; default 2 s. */
  readonly seconds?: number;
}

interface Player {
  readonly row: Row;
  readonly answers: readonly string[];
  /** Null for an honest one. */
  readonly attack: Attack | null;
}

/** The tiny task with `seconds` of processor time a test. */
function rowWith(id: string, seconds: number): Row {
  const { value } = squareRow(id);
  const metadata = { ...(value["verifier_metadata"] as object), limits: { time_seconds: seconds } };
  const row = { ...value, verifier_metadata: metadata };
  return { raw: JSON.stringify(row), value: row };
}

const fenced = (source: string) => `\`\`\`python\n${source}\n\`\`\``;

function attacker(attack: Attack, index: number): Player {
  return { row: rowWith(`attack-${index}`, attack.seconds ?? 2), answers: [fenced(attack.source)], attack };
}

function honest(index: number): Player {
  return { row: squareRow(`honest-${index}`), answers: [squareAnswer(true, 0.1)], attack: null };
}

/** Honest programs between the attackers, so that each attacker has neighbours. */
function mixed(attacks: readonly Attack[], neighbours: number): Player[] {
  return attacks.flatMap((attack, i) => [
    attacker(attack, i),
    ...Array.from({ length: neighbours }, (_, n) => honest(i * neighbours + n)),
  ]);
}

/** Plays all of them in one job; records in the order of the players. */
async function play(players: readonly Player[], options: Omit<TestPlatformOptions, "modelUrl">) {
  const model = await replayOf(players);
  cleanups.push(() => model.stop());
  const platform = await openPlatform({ ...options, modelUrl: model.url });
  cleanups.push(() => platform.dispose());
  const rows = players.map(({ row }) => row.value);
  const { jobId, rollouts } = await runJob(platform, { environment: "code_gen", tasks: { rows } });
  const records = await Promise.all(rollouts.map((rollout) => recordOf(platform, rollout)));
  return {
    records: records.sort((a, b) => a.task_index - b.task_index),
    job: await platform.jobs.get(ctx, jobId),
  };
}

/** Nobody bought a mask and nobody was robbed. */
function expectBlame(players: readonly Player[], records: readonly RolloutRecord[]): void {
  const found = records.map(({ task_index, outcome, reward, masked }) => {
    const attack = players[task_index]?.attack;
    return { who: attack?.name ?? "honest", outcome, reward, masked };
  });
  expect(found).toEqual(
    players.map(({ attack }) => ({
      who: attack?.name ?? "honest",
      outcome: "scored",
      reward: attack ? 0 : 1,
      masked: false,
    })),
  );
  for (const record of records) {
    const attack = players[record.task_index]?.attack;
    const label = `${attack?.name}: ${record.verdict?.message} ${JSON.stringify(record.verdict?.cases[0]?.evidence)}`;
    if (attack) expect(attack.reasons, label).toContain(record.reason);
    else expect(record.reason).toBeNull();
  }
}

const KILL_ALL: Attack = {
  name: "kills every process it may signal",
  // Where it reaches nobody (a user of its own), it has merely not answered.
  source: "import os, signal\nos.kill(-1, signal.SIGKILL)",
  reasons: ["tampered", "runtime_error", "no_tests", "wrong_answer"],
};
const KILL_PARENT: Attack = {
  name: "kills what it was forked from",
  source: "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nprint(int(input()) ** 2)",
  reasons: ["tampered", "runtime_error"],
};
const STOP_PARENT: Attack = {
  name: "stops what it was forked from",
  source: "import os, signal, time\nos.kill(os.getppid(), signal.SIGSTOP)\ntime.sleep(60)",
  reasons: ["time_limit", "tampered"],
  seconds: 0.2,
};
const KILL_SELF: Attack = {
  name: "kills itself",
  source: "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
  reasons: ["runtime_error", "memory_limit"],
};
const STOP_SELF: Attack = {
  name: "stops itself",
  source: "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
  reasons: ["time_limit"],
};

describe("mode C: a candidate that can reach its lane", () => {
  it("is scored 0 for bringing its sandbox down, beside honest ones who keep their 1 (local)", async () => {
    const players = mixed([KILL_ALL, KILL_PARENT, STOP_PARENT, KILL_SELF], 2);
    const { records, job } = await play(players, {
      provider: "local",
      settings: { "sandbox.mode": "C" },
      // The one that stops its lane is waited for, three times over, alone.
      poolMax: 6,
    });
    for (const { verdict } of records) expect(verdict?.sandbox).toMatchObject({ provider: "local", mode: "C" });
    expectBlame(players, records);
    expect(job).toMatchObject({ state: "completed", tally: { requested: 12, scored: 12, truncated: 0, masked: 0 } });
  });
});

const FILL_SCRATCH: Attack = {
  name: "fills its scratch space",
  source:
    "import os\nfor place in ('/tmp', '/workspace', '/dev/shm'):\n    for i in range(64):\n" +
    "        with open(f'{place}/{i}', 'wb') as f:\n            while f.write(bytes(1 << 20)): f.flush()",
  reasons: ["disk_limit", "runtime_error"],
};
/** Each stays below the size that a file may have, so that only the memory of the whole sandbox can end it. */
const HOARD_MEMFDS: Attack = {
  name: "hoards memory files",
  source:
    "import os\nhoard = []\nwhile True:\n    fd = os.memfd_create('x')\n    os.posix_fallocate(fd, 0, 31 << 20)\n" +
    "    hoard.append(fd)",
  reasons: ["memory_limit", "runtime_error", "tampered"],
  seconds: 20,
};
const FORK_BOMB: Attack = {
  name: "forks without end",
  source: "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
  reasons: ["process_limit", "time_limit"],
};
const SHARE_MEMORY: Attack = {
  name: "hoards memory in many processes",
  source:
    "import os, time\nfor _ in range(16):\n    if os.fork() == 0:\n        hoard = bytearray(200 << 20)\n" +
    "        time.sleep(60)\ntime.sleep(60)",
  reasons: ["memory_limit"],
};
const HOLD_SIGNALS: Attack = {
  name: "ignores what it can and waits",
  source:
    "import signal, time\nfor n in range(1, 32):\n    try: signal.signal(n, signal.SIG_IGN)\n" +
    "    except OSError: pass\nwhile True: time.sleep(1)",
  reasons: ["time_limit"],
};

describe("modes A and B: a candidate beside honest ones in one sandbox", () => {
  it.each([
    ["local", "B"],
    ["docker", "A"],
  ] as const)("hurts nobody but itself (%s, %s)", async (provider, mode) => {
    const attacks = [KILL_SELF, STOP_SELF, KILL_ALL, FILL_SCRATCH, FORK_BOMB, SHARE_MEMORY, HOLD_SIGNALS];
    const players = mixed(attacks, 3);
    const { records, job } = await play(players, { provider, slots: 4, poolMax: 1, concurrency: 8 });
    expectBlame(players, records);
    for (const { verdict } of records) expect(verdict?.sandbox).toMatchObject({ provider, mode });
    expect(job).toMatchObject({ state: "completed", tally: { requested: 28, scored: 28, truncated: 0, masked: 0 } });
  });

  it("that exhausts the sandbox's memory by files without a name is scored 0, and its neighbours 1 (docker)", async () => {
    const players = mixed([HOARD_MEMFDS, HOARD_MEMFDS], 6);
    const { records, job } = await play(players, { provider: "docker", slots: 4, poolMax: 2, concurrency: 8 });
    expectBlame(players, records);
    expect(job.tally).toMatchObject({ requested: 14, scored: 14, masked: 0 });
  });
});
