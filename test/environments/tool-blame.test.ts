import { afterEach, describe, expect, it } from "vitest";
import type { OutputItem } from "../../src/contract/responses.ts";
import type { RolloutRecord } from "../../src/contract/rollouts.ts";
import { containersOf, docker } from "../support/engine.ts";
import { openPlatform, recordOf, runJob, type TestPlatformOptions } from "../support/platform.ts";
import { builtImages } from "./support/built-images.ts";
import { plainMathWithCode } from "./support/python-tool.ts";
import { startRecordedModel } from "./support/recorded-model.ts";
import { attacker, honestPlayer, runOf, type ToolPlayer } from "./support/tool-players.ts";

const images = await builtImages();
const missing = images.has("python-numerical") ? "" : " (skipped: sandlot image build python-numerical)";
/** The image is large: on a busy machine its first sandbox takes minutes. */
const SLOW = 600_000;
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

type Before = (prompt: string, turn: number, installation: string) => Promise<void>;

/** All players in one job of math_with_code; records in their order. */
async function play(
  players: readonly ToolPlayer[],
  options: Omit<TestPlatformOptions, "modelUrl">,
  before: Before = async () => undefined,
): Promise<RolloutRecord[]> {
  const runs = players.map(runOf);
  let installation = "";
  const model = await startRecordedModel(runs, (prompt, turn) => before(prompt, turn, installation));
  cleanups.push(() => model.stop());
  const platform = await openPlatform({ ...options, modelUrl: model.url, replay: false, concurrency: 16 });
  cleanups.push(() => platform.dispose());
  ({ installation } = platform.store);
  const rows = runs.map(({ row }) => row.value);
  const { rollouts } = await runJob(platform, { environment: "math_with_code", tasks: { rows }, repeats: 1 });
  const records = await Promise.all(rollouts.map((rollout) => recordOf(platform, rollout)));
  return records.sort((a, b) => a.task_index - b.task_index);
}

/** What the tool answered to each call of a rollout. */
const answersOf = ({ trajectory }: RolloutRecord) =>
  (trajectory?.items ?? [])
    .map((item) => item as OutputItem)
    .filter(({ type }) => type === "function_call_output")
    .map((item) => JSON.parse(String(item["output"])) as Record<string, unknown>);

/** Every attacker is scored 0 and none masked; every honest one has its names and its 1, at the first attempt. */
function expectBlame(players: readonly ToolPlayer[], records: readonly RolloutRecord[]): void {
  const found = records.map(({ task_index: index, outcome, reward, masked, attempts }) => ({
    who: players[index]?.name,
    outcome,
    reward,
    masked,
    attempts,
  }));
  const reward = ({ answer }: ToolPlayer) => (answer === "42" ? 1 : 0);
  const scored = { outcome: "scored", masked: false, attempts: 1 };
  expect(found).toEqual(players.map((player) => ({ who: player.name, reward: reward(player), ...scored })));
  for (const record of records) {
    const { name = "", answer } = players[record.task_index] ?? {};
    const answers = answersOf(record);
    expect(answers, name).toHaveLength(2);
    if (answer === "42") expect(answers[1], name).toMatchObject({ success: true, result: "42" });
  }
}

const ATTACKS: readonly ToolPlayer[] = [
  attacker("kills whom it may", "import os\nos.kill(-1, 9)"),
  attacker("kills its parent", "import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(1)"),
  attacker("stops its parent", "import os, time\nos.kill(os.getppid(), 19)\ntime.sleep(1)"),
  attacker(
    "kills everybody when its call is over",
    "import os, time\nif os.fork() == 0:\n    time.sleep(0.3)\n    os.kill(-1, 9)",
  ),
  attacker("leaves without a word", "import os\nos._exit(0)"),
  attacker("kills itself", "import os\nos.kill(os.getpid(), 9)"),
  attacker(
    "hoards memory in many processes",
    "import os, time\nfor _ in range(16):\n    if os.fork() == 0:\n        hoard = bytearray(200 << 20)\n        time.sleep(60)\ntime.sleep(5)",
  ),
  attacker("forks without end", "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"),
  attacker("says more than a sandbox takes", `x = "${"a".repeat(5 << 20)}"`),
  attacker(
    "forges replies",
    'import os\nfor fd in range(3, 200):\n    try: os.write(fd, b\'{"call": 2, "status": 3}\\0\' * 9)\n    except OSError: pass',
  ),
  attacker("closes what it can", "import os\nos.closerange(3, 4096)"),
];

const mixed = (attacks: readonly ToolPlayer[]) => attacks.flatMap((attack, index) => [attack, honestPlayer(index)]);

describe("a policy that kills the sandbox of its own tool", () => {
  it.each(["B", "C"] as const)(
    "is scored, and no neighbour is masked (local, %s)",
    async (mode) => {
      const environment = plainMathWithCode(1);
      cleanups.push(environment.remove);
      const players = mixed(ATTACKS);
      const settings = { "sandbox.mode": mode, "environments.paths": [environment.folder] };
      const records = await play(players, { provider: "local", poolMax: 4, settings });
      expectBlame(players, records);
    },
    SLOW,
  );

  it.skipIf(missing !== "")(
    `is scored, and no neighbour is masked (docker, A)${missing}`,
    async () => {
      const players = mixed(ATTACKS);
      expectBlame(players, await play(players, { provider: "docker", poolMax: 2, settings: { "sandbox.mode": "A" } }));
    },
    SLOW,
  );
});

describe("a sandbox that somebody else kills", () => {
  it.skipIf(missing !== "")(
    `costs no policy its session (docker)${missing}`,
    async () => {
      const players = [honestPlayer(0), honestPlayer(1)];
      let killed = 0;
      const records = await play(players, { provider: "docker" }, async (prompt, turn, installation) => {
        if (prompt !== "honest 0" || turn !== 1 || killed > 0) return;
        for (const name of await containersOf(installation)) {
          await docker(["kill", name]);
          killed++;
        }
      });
      expect(killed).toBeGreaterThan(0);
      expectBlame(players, records);
    },
    SLOW,
  );
});
