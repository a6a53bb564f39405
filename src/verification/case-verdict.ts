import type { CaseVerdict } from "../contract/verdict.ts";
import type { Stage } from "../execution/index.ts";
import { type Difference, excerpt, showPlace, textOf } from "./compare/index.ts";
import type { Failure } from "./failure.ts";

/** What a candidate answered to a test, for people, and why it is not right; null when it is. */
export interface Judged {
  readonly output: string | null;
  readonly failure: Failure | null;
  /** Of standard output with what is expected, where that is the failure. */
  readonly difference?: Difference;
}

export interface JudgedCase extends Judged {
  readonly index: number;
  /** For people: what the test gives, and what it wants. */
  readonly input: string | null;
  readonly expected: string | null;
  readonly evidence?: readonly string[];
}

const STDERR_CHARACTERS = 2_000;

/** The verdict on one test that was run. */
export function caseVerdict(judged: JudgedCase, stage: Stage): CaseVerdict {
  const { failure, input, expected, output, difference } = judged;
  const { times } = stage;
  return {
    index: judged.index,
    status: failure?.status ?? "passed",
    message: failure?.message ?? "passed",
    times: {
      queue_ms: rounded(times.queueMs + times.claimMs),
      setup_ms: times.setupMs,
      wall_ms: times.wallMs,
      cpu_ms: times.cpuMs,
    },
    memory_peak_bytes: stage.memoryPeakBytes,
    input: input === null ? null : excerpt(input),
    expected: expected === null ? null : excerpt(expected),
    output: output === null ? null : excerpt(output),
    ...(difference ? { difference: shown(difference) } : {}),
    stderr: excerpt(textOf(stage.stderr).slice(-STDERR_CHARACTERS)),
    evidence: [...stage.evidence, ...(judged.evidence ?? [])],
  };
}

function shown({ got, expected }: Difference): CaseVerdict["difference"] {
  return { output: showPlace(got), expected: showPlace(expected) };
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
