/** What veRL's `sandbox_fusion` makes of a test: passed, wrong, or one of its codes for what went wrong. */
export type VerlResult = true | false | -1 | -2 | -3 | -4;

export interface VerlCase {
  readonly code: string;
  readonly stdin: string;
  readonly expected: string;
  /** Seconds; compiler and program get it each. */
  readonly timeout?: number;
}

const TRIES = 3;
const WAIT_MS = 1000;

/** Every status of HTTP that a call saw, its last result included. */
export interface VerlCall {
  readonly result: VerlResult;
  readonly statuses: readonly number[];
}

/**
 * Calls `/run_code` as veRL does: its eight fields, an answer within both time limits and 10 s, and another try after 504
 * alone, with waits of 1 and 2 s. Everything else that is no answer is -1, which its rewards count as not passed.
 */
export async function callAsVerl(url: string, { code, stdin, expected, timeout = 10 }: VerlCase): Promise<VerlCall> {
  const body = JSON.stringify({
    compile_timeout: timeout,
    run_timeout: timeout,
    code,
    stdin,
    memory_limit_MB: 1024,
    language: "python",
    files: {},
    fetch_files: [],
  });
  const statuses: number[] = [];
  for (let tries = 1; ; tries++) {
    const response = await fetch(`${url}/run_code`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", accept: "application/json" },
      signal: AbortSignal.timeout(1000 * (2 * timeout + 10)),
    }).catch(() => null);
    statuses.push(response?.status ?? 0);
    if (response?.status === 504 && tries < TRIES) {
      await response.text();
      await new Promise((resolve) => setTimeout(resolve, tries * WAIT_MS));
    } else {
      const result = response?.status === 200 ? judged((await response.json()) as VerlAnswer, expected) : -1;
      return { result, statuses };
    }
  }
}

interface VerlAnswer {
  readonly status: string;
  readonly compile_result: { readonly status: string } | null;
  readonly run_result: { readonly status: string; readonly return_code: number | null; readonly stdout: string } | null;
}

function judged({ status, run_result: run }: VerlAnswer, expected: string): VerlResult {
  if (status === "SandboxError") return -1;
  if (!run) return -4;
  if (status === "Success") return run.stdout.replace(/\n+$/, "") === expected.replace(/\n+$/, "");
  if (run.status === "TimeLimitExceeded") return -3;
  return -2;
}
