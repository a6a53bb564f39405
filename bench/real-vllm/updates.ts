import type { TrajectoryCall } from "../../src/contract/rollouts.ts";
import { quantile, table } from "../support/measure.ts";
import { pause, type Played, playJob, ROLLOUTS } from "./playing.ts";
import type { Setup } from "./setup.ts";

const UPDATES = 4;
/** Finished rollouts between two updates. */
const BETWEEN = 50;
const MODES = ["wait", "keep", "abort"] as const;

interface Update {
  readonly version: string;
  /** Epoch milliseconds: when the pause was asked for, and when calls went on. */
  readonly from: number;
  readonly to: number;
}

/** Weights are loaded several times while a job plays: whether a rollout is lost, and whether each call says the right version. */
export async function measureUpdates(setup: Setup): Promise<void> {
  const columns = ["lost", "repeated", "one sequence", "seconds", "pause p50 ms", "calls", "of two versions", "wrong"];
  const rows: (string | number)[][] = [[`${UPDATES} updates in ${ROLLOUTS} rollouts, calls in flight`, ...columns]];
  for (const mode of MODES) {
    const first = await load(setup, "wait", `${mode}-0`);
    const updates: Update[] = [first];
    const played = await playJob(setup.client, async (after) => {
      for (let number = 1; number <= UPDATES; number++) {
        await after(BETWEEN * number);
        updates.push(await load(setup, mode, `${mode}-${number}`));
      }
    });
    rows.push([mode, ...resultOf(played, updates)]);
  }
  table(rows);
}

function resultOf({ lost, repeated, whole, seconds, calls }: Played, updates: readonly Update[]): (string | number)[] {
  const mixed = calls.filter(({ weight_versions: spans }) => spans.length > 1 || spans[0]?.version === null).length;
  const wrong = calls.filter((call) => !isRight(call, updates)).length;
  const pauses = updates.slice(1).map(({ from, to }) => to - from);
  return [lost, repeated, whole, seconds.toFixed(1), quantile(pauses, 0.5).toFixed(0), calls.length, mixed, wrong];
}

/** A call between two updates has the version of the earlier one, one that saw an update a version of either side. */
function isRight(call: TrajectoryCall, updates: readonly Update[]): boolean {
  const begin = Date.parse(call.started_at);
  const end = begin + call.duration_ms;
  const before = updates.findLast(({ to }) => to <= begin);
  const during = updates.filter(({ from, to }) => from < end && to > begin);
  const possible = new Set<string | null>([before, ...during].map((update) => update?.version ?? null));
  const said =
    call.weight_versions.length > 0 ? call.weight_versions.map(({ version }) => version) : [call.weight_version];
  // A null span says that nobody knows at which token the weights changed.
  return said.every((version) => possible.has(version) || (version === null && during.length > 0));
}

/** Loads the weights into every replica, as a trainer does: pause, each engine's own update, resume. */
async function load(
  { client, engines, members, weights }: Setup,
  mode: (typeof MODES)[number],
  version: string,
): Promise<Update> {
  const from = Date.now();
  const paused = await client.pauseModel("policy", { mode });
  for (const [at] of members.entries()) {
    await engines.post(at, "/init_weight_transfer_engine", { init_info: {} });
    await engines.post(at, "/start_weight_update");
    await engines.post(at, "/update_weights", { update_info: { path: weights } });
    await engines.post(at, "/finish_weight_update", { weight_version: version });
  }
  const resumed = await client.resumeModel("policy", { weight_version: version });
  const problems = [...paused.replicas, ...resumed.replicas].flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) throw new Error(problems.join("; "));
  const to = Date.now();
  // So that no call begins in the millisecond of the resume.
  await pause(2);
  return { version, from, to };
}
