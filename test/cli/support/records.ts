import type { Job } from "../../../src/contract/jobs.ts";
import type { RolloutRecord } from "../../../src/contract/rollouts.ts";
import type { CaseVerdict, Verdict } from "../../../src/contract/verdict.ts";
import { masked, scored, truncated } from "../../../src/core/outcome.ts";

/** What the fake platform makes of an attempt. */
export type Ending = "pass" | "wrong" | "loop" | "lost" | "cut" | "cancelled";

const NO_CALLS = { calls: 0, branches: 0, breaks: [], problems: [], contiguous: false };
const START = Date.parse("2025-01-01T00:00:00Z");
const at = (ms: number) => new Date(START + ms).toISOString();

const PASSED: CaseVerdict = {
  index: 0,
  status: "passed",
  message: "passed",
  times: { queue_ms: 0, setup_ms: 2, wall_ms: 31, cpu_ms: 20 },
  memory_peak_bytes: 9 * 1024 ** 2,
  input: "7\n0 0 3 0\n",
  expected: "3 4\n",
  output: "3 4\n",
  stderr: "",
  evidence: [],
};

const WRONG: CaseVerdict = {
  ...PASSED,
  index: 1,
  status: "wrong_answer",
  message: 'line 1 differs: "\u001b]0;owned\u00071 0" instead of "0 0"',
  expected: "0 0\n",
  output: "\u001b[2J\u001b]0;owned\u00071 0\r\n",
  stderr: "warning: \u202egnp.exe\n",
  evidence: ["a file named result.json was already there"],
};

const LOOP: CaseVerdict = {
  ...PASSED,
  index: 1,
  status: "time_limit",
  message: "stopped after 10 s",
  times: { queue_ms: 1, setup_ms: 2, wall_ms: 10_012, cpu_ms: 9_990 },
  output: "",
};

const CODE = "print('3 4')";
const ANSWER = `Days are scanned once.\u001b[1A\n\n\`\`\`python\n${CODE}\n\`\`\``;

function verdict(failed: CaseVerdict | null): Verdict {
  const cases = failed ? [PASSED, failed] : [0, 1, 2].map((index) => ({ ...PASSED, index }));
  return {
    reward: failed ? 0 : 1,
    status: failed ? "failed" : "passed",
    reason: failed?.status ?? null,
    message: failed ? `test 2 of 3: ${failed.message}` : "all 3 tests passed",
    answer: CODE,
    cases,
    tests: 3,
    flaky: false,
    sandbox: { provider: "local", mode: "B", image: "python@3.13.5" },
  };
}

const VERDICTS: Readonly<Record<Ending, Verdict | null>> = {
  pass: verdict(null),
  wrong: verdict(WRONG),
  loop: verdict(LOOP),
  cut: verdict(WRONG),
  lost: null,
  cancelled: null,
};

const JUDGEMENTS = {
  pass: scored(1),
  wrong: scored(0),
  loop: scored(0),
  lost: masked("sandbox_error"),
  cut: truncated("length", 0, "score"),
  cancelled: masked("cancelled"),
} as const;

const LOST = {
  code: "sandbox_lost",
  message: "sandbox lost: the agent ended\u001b[0m",
  context: {},
  hint: "",
};

/** The record of one attempt that ended so. */
export function recordOf(
  job: Job,
  task: string,
  taskIndex: number,
  attempt: number,
  sequence: number,
  ending: Ending,
): RolloutRecord {
  const found = VERDICTS[ending];
  const ledgerEntry = { worker: "srv_1", started_at: at(0), ended_at: at(1_500) };
  const output = [{ type: "message", role: "assistant", content: [{ type: "output_text", text: ANSWER }] }];
  return {
    id: `rol_${sequence}`,
    job_id: job.id,
    environment: job.environment,
    task_id: task,
    task_index: taskIndex,
    rollout_index: attempt,
    state: "done",
    ...JUDGEMENTS[ending],
    reason: found ? found.reason : ending === "lost" ? "sandbox_lost" : "cancelled",
    reward_components: null,
    metrics: {},
    times: found ? { total_ms: 100 * sequence, model_ms: 12, tools_ms: 0, verify_ms: 80 } : null,
    attempts: ending === "lost" ? 2 : 1,
    sequence,
    replay: job.replay,
    ended_at: at(1000 * sequence),
    row: {
      task_id: task,
      responses_create_params: { input: [{ role: "user", content: "Find the dry spell.\u0007" }] },
    },
    trajectory: found ? { calls: [], items: output, contiguity: NO_CALLS, response: { output } } : null,
    verdict: found,
    ledger: [1, 2].slice(0, ending === "lost" ? 2 : 1).map((number) => ({
      ...ledgerEntry,
      number,
      outcome: JUDGEMENTS[ending].outcome,
      error: ending === "lost" ? LOST : null,
      retried: ending === "lost" && number === 1,
    })),
  };
}
