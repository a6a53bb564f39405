import { describe, expect, it } from "vitest";
import type { RunResult } from "../sandbox/index.ts";
import { runFailure } from "./failure.ts";
import { judgeCase } from "./judge-case.ts";

const empty = { head: Buffer.of(), tail: Buffer.of(), dropped: 0 };
const ended = (more: Partial<RunResult>): RunResult => ({
  exit: { code: 0 },
  limit: null,
  unexplainedKill: false,
  oomNearby: false,
  starvedMs: 0,
  stdout: empty,
  stderr: empty,
  files: [],
  times: { setupMs: 0, wallMs: 0, cpuMs: 0, teardownMs: 0 },
  memoryPeakBytes: 0,
  mode: "B",
  ...more,
});
const wrote = (text: string) => ({ head: Buffer.from(text), tail: Buffer.of(), dropped: 0 });

describe("runFailure", () => {
  it("names the limit, the signal, or the last words", () => {
    expect(runFailure(ended({}))).toBeNull();
    expect(runFailure(ended({ limit: "cpu" }))?.status).toBe("time_limit");
    expect(runFailure(ended({ exit: { signal: 11 } }))).toEqual({
      status: "runtime_error",
      message: "ended by signal 11",
    });
    expect(runFailure(ended({ exit: { code: 1 }, stderr: wrote("…\nMemoryError\n") }))?.status).toBe("memory_limit");
    expect(runFailure(ended({ exit: { code: 1 }, stderr: wrote("SyntaxError: invalid syntax") }))?.status).toBe(
      "compile_error",
    );
    expect(runFailure(ended({ exit: { code: 1 }, stderr: wrote("ValueError: x") }))?.message).toBe(
      "exit code 1: ValueError: x",
    );
  });
});

describe("judgeCase", () => {
  const call = { kind: "call", functionName: "f", arguments: [], expected: "[1]", input: "" } as const;
  const file = (text: string) => [{ path: "result.json", status: "ok" as const, data: Buffer.from(text) }];

  it("takes a returned value, even from a program that failed afterwards, but not past a limit", () => {
    const value = file('{"value": "[1]"}');
    expect(judgeCase(call, ended({ files: value })).failure).toBeNull();
    expect(judgeCase(call, ended({ files: value, exit: { code: 1 } })).failure).toBeNull();
    expect(judgeCase(call, ended({ files: value, limit: "wall" })).failure?.status).toBe("time_limit");
  });

  it("does not pass what is missing, forged or unreadable", () => {
    const missing = [{ path: "result.json", status: "missing" as const, data: Buffer.of() }];
    expect(judgeCase(call, ended({ files: missing })).failure?.status).toBe("no_tests");
    expect(judgeCase(call, ended({ files: missing, exit: { code: 1 } })).failure?.status).toBe("runtime_error");
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
      expect(judgeCase(call, ended({ files: file(text) })).failure?.status, text).toBe("wrong_answer");
    }
  });

  it("does not compare output that was cut", () => {
    const test = { kind: "stdin", input: "", expected: "1" } as const;
    expect(judgeCase(test, ended({ stdout: wrote("1\n") })).failure).toBeNull();
    expect(judgeCase(test, ended({ stdout: { ...wrote("1"), dropped: 5 } })).failure?.status).toBe("wrong_answer");
    expect(judgeCase(test, ended({ stdout: wrote("1"), exit: { code: 1 } })).failure?.status).toBe("runtime_error");
  });
});
