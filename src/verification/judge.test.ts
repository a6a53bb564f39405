import { describe, expect, it } from "vitest";
import type { Stage } from "../execution/index.ts";
import { DEFAULT_COMPARISON } from "./compare/index.ts";
import { stageFailure } from "./failure.ts";
import { callCase, judgeCall } from "./judge-call.ts";
import { judgeOutput } from "./judge-output.ts";

const wrote = (text: string) => ({ head: Buffer.from(text), tail: Buffer.of(), dropped: 0 });
const ended = (more: Partial<Stage>): Stage => ({
  status: "ok",
  message: "",
  exit: { code: 0 },
  stdout: wrote(""),
  stderr: wrote(""),
  files: [],
  times: { queueMs: 0, claimMs: 0, setupMs: 0, wallMs: 0, cpuMs: 0, teardownMs: 0 },
  memoryPeakBytes: 0,
  tests: null,
  blamed: null,
  evidence: [],
  sandbox: { id: "sbx_1", provider: "memory", image: "python", mode: "B" },
  ...more,
});
const failed = { status: "runtime_error", message: "exit code 1", exit: { code: 1 } } as const;

describe("stageFailure", () => {
  it("is the stage's own, but that a program which is no Python does not compile", () => {
    expect(stageFailure(ended({}))).toBeNull();
    expect(stageFailure(ended({ status: "time_limit", message: "late" }))).toEqual({
      status: "time_limit",
      message: "late",
    });
    expect(stageFailure(ended(failed))?.message).toBe("exit code 1");
    const last = { ...failed, stderr: wrote("…\nSyntaxError: invalid syntax\n") };
    expect(stageFailure(ended(last))).toEqual({ status: "compile_error", message: "SyntaxError: invalid syntax" });
    expect(stageFailure(ended({ ...last, status: "memory_limit" }))?.status).toBe("memory_limit");
  });
});

describe("judgeCall", () => {
  const file = (text: string) => [{ path: "result.json", status: "ok" as const, data: Buffer.from(text) }];

  it("takes a returned value, even from a program that failed afterwards, but not past a limit", () => {
    const files = file('{"value": "[1]"}');
    expect(judgeCall("[1]", ended({ files }), "gym").failure).toBeNull();
    expect(judgeCall("[1]", ended({ ...failed, files }), "gym").failure).toBeNull();
    expect(judgeCall("[1]", ended({ files, status: "time_limit" }), "gym").failure?.status).toBe("time_limit");
  });

  it("does not pass what is missing, forged or unreadable", () => {
    const files = [{ path: "result.json", status: "missing" as const, data: Buffer.of() }];
    expect(judgeCall("[1]", ended({ files }), "gym").failure?.status).toBe("no_tests");
    expect(judgeCall("[1]", ended({ ...failed, files }), "gym").failure?.status).toBe("runtime_error");
    for (const text of [
      "",
      "true",
      "[1]",
      '{"value": [1]}',
      '{"value": "[1"}',
      '{"passed": true}',
      '{"unserialisable": "set"}',
      "null",
    ]) {
      expect(judgeCall("[1]", ended({ files: file(text) }), "gym").failure?.status, text).toBe("wrong_answer");
    }
  });

  it("gives the program nothing of what is expected", () => {
    const call = { kind: "call", functionName: "f", arguments: ["7"], expected: "secret", input: "7" } as const;
    expect(JSON.stringify(callCase(call, { answerBytes: 10, values: "gym" }))).not.toContain("secret");
  });
});

describe("judgeOutput", () => {
  it("does not compare output that was cut", () => {
    expect(judgeOutput(DEFAULT_COMPARISON, "1", ended({ stdout: wrote("1\n") })).failure).toBeNull();
    const cut = { ...wrote("1"), dropped: 5 };
    expect(judgeOutput(DEFAULT_COMPARISON, "1", ended({ stdout: cut })).failure?.status).toBe("wrong_answer");
    expect(judgeOutput(DEFAULT_COMPARISON, "1", ended({ ...failed, stdout: wrote("1") })).failure?.status).toBe(
      "runtime_error",
    );
  });
});
