import type { Stage, UsedSessionReply } from "../../../src/execution/index.ts";

/** Output as a sandbox captures it, nothing dropped. */
export const captured = (text: string): Stage["stdout"] => ({ head: Buffer.from(text), tail: Buffer.of(), dropped: 0 });

/** A run that has ended well and left nothing, but for what is given. */
export function stageOf(over: Partial<Stage> = {}): Stage {
  return {
    status: "ok",
    message: "",
    exit: { code: 0 },
    stdout: captured(""),
    stderr: captured(""),
    files: [],
    times: { queueMs: 0, claimMs: 0, setupMs: 0, wallMs: 0, cpuMs: 0, teardownMs: 0 },
    memoryPeakBytes: 0,
    tests: null,
    blamed: null,
    evidence: [],
    sandbox: { id: "sbx_1", provider: "memory", image: "python", mode: "B" },
    ...over,
  };
}

/** The reply of a session to a call that went well and left nothing, but for what is given. */
export function replyOf(over: Partial<UsedSessionReply> = {}): UsedSessionReply {
  return {
    queueMs: 0,
    status: "ok",
    value: null,
    error: null,
    exitCode: null,
    exit: null,
    limit: null,
    stdout: captured(""),
    stderr: captured(""),
    times: { wallMs: 1, cpuMs: 1 },
    memoryPeakBytes: 1000,
    ...over,
  };
}
