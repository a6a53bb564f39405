import { describe, expect, it } from "vitest";
import { explainedLimit, lastLines } from "./explain.ts";
import type { LimitName } from "../contract/sandbox-limits.ts";
import type { CapturedOutput, RunResult } from "./run.ts";

function output(head: string, tail = "", dropped = 0): CapturedOutput {
  return { head: Buffer.from(head), tail: Buffer.from(tail), dropped };
}

function ended(stderr: string, code = 1, limit: LimitName | null = null): RunResult {
  return {
    exit: { code },
    limit,
    unexplainedKill: false,
    oomNearby: false,
    starvedMs: 0,
    stdout: output(""),
    stderr: output(stderr),
    files: [],
    times: { setupMs: 0, wallMs: 0, cpuMs: 0, teardownMs: 0 },
    memoryPeakBytes: 0,
    mode: "A",
  };
}

describe("explainedLimit", () => {
  it("is the limit that was enforced, whatever the program says", () => {
    expect(explainedLimit(ended("MemoryError\n", 1, "wall"))).toBe("wall");
  });

  it.each([
    ["Traceback (most recent call last):\n  File\nMemoryError\n", "memory"],
    ["terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\n", "memory"],
    ['Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n\tat Main.main\n', "memory"],
    ["fatal error: runtime: out of memory\n\ngoroutine 1\n", "memory"],
    ["memory allocation of 9000 bytes failed\n", "memory"],
    ["OSError: [Errno 12] Cannot allocate memory\n", "memory"],
    ["OSError: [Errno 28] No space left on device\n", "disk"],
    ["OSError: [Errno 27] File too large\n", "disk"],
    ["RuntimeError: can't start new thread\n", "processes"],
    ["    pid = os.fork()\nBlockingIOError: [Errno 11] Resource temporarily unavailable\n", "processes"],
    ["sh: 1: Cannot fork\n", "processes"],
    ["bash: fork: retry: Resource temporarily unavailable\n", "processes"],
    ["    data = sock.recv(1)\nBlockingIOError: [Errno 11] Resource temporarily unavailable\n", null],
    ["ValueError: x\n", null],
    ["", null],
  ])("takes the last words of %j for %s", (stderr, limit) => {
    expect(explainedLimit(ended(stderr))).toBe(limit);
  });

  it("asks nobody about a program that ended well", () => {
    expect(explainedLimit(ended("MemoryError\n", 0))).toBeNull();
  });
});

describe("lastLines", () => {
  it("reads over the gap between head and tail, and no more than the end", () => {
    expect(lastLines(output("one\n", "two\n\n", 5))).toEqual(["one", "two"]);
    expect(lastLines(output("x".repeat(9000) + "\nend\n")).at(-1)).toBe("end");
    expect(lastLines(output("a\n", "y".repeat(9000)))).toEqual(["y".repeat(4096)]);
  });
});
