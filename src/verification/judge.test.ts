import { describe, expect, it } from "vitest";
import { captured, stageOf } from "../../test/execution/support/stage.ts";
import type { Stage } from "../execution/index.ts";
import { caseVerdict } from "./case-verdict.ts";
import { DEFAULT_COMPARISON } from "./compare/index.ts";
import { stageFailure } from "./failure.ts";
import { callCase, judgeCall } from "./judge-call.ts";
import { judgeOutput } from "./judge-output.ts";

const failed = { status: "runtime_error", message: "exit code 1", exit: { code: 1 } } as const;

describe("stageFailure", () => {
  it("is the stage's own, but that a program which is no Python does not compile", () => {
    expect(stageFailure(stageOf({}))).toBeNull();
    expect(stageFailure(stageOf({ status: "time_limit", message: "late" }))).toEqual({
      status: "time_limit",
      message: "late",
    });
    expect(stageFailure(stageOf(failed))?.message).toBe("exit code 1");
    const last = { ...failed, stderr: captured("…\nSyntaxError: invalid syntax\n") };
    expect(stageFailure(stageOf(last))).toEqual({ status: "compile_error", message: "SyntaxError: invalid syntax" });
    expect(stageFailure(stageOf({ ...last, status: "memory_limit" }))?.status).toBe("memory_limit");
  });
});

describe("judgeCall", () => {
  const file = (text: string) => [{ path: "result.json", status: "ok" as const, data: Buffer.from(text) }];

  it("takes a returned value, even from a program that failed afterwards, but not past a limit", () => {
    const files = file('{"value": "[1]"}');
    expect(judgeCall("[1]", stageOf({ files }), "gym").failure).toBeNull();
    expect(judgeCall("[1]", stageOf({ ...failed, files }), "gym").failure).toBeNull();
    expect(judgeCall("[1]", stageOf({ files, status: "time_limit" }), "gym").failure?.status).toBe("time_limit");
  });

  it("does not pass what is missing, forged or unreadable", () => {
    const files = [{ path: "result.json", status: "missing" as const, data: Buffer.of() }];
    expect(judgeCall("[1]", stageOf({ files }), "gym").failure?.status).toBe("no_tests");
    expect(judgeCall("[1]", stageOf({ ...failed, files }), "gym").failure?.status).toBe("runtime_error");
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
      expect(judgeCall("[1]", stageOf({ files: file(text) }), "gym").failure?.status, text).toBe("wrong_answer");
    }
  });

  it("gives the program nothing of what is expected", () => {
    const call = { kind: "call", functionName: "f", arguments: ["7"], expected: "secret", input: "7" } as const;
    expect(JSON.stringify(callCase(call, { answerBytes: 10, values: "gym" }))).not.toContain("secret");
  });
});

describe("judgeOutput", () => {
  it("shows the first difference in context, and none where there is no wrong answer", () => {
    const verdict = (stage: Stage) => {
      const judged = judgeOutput(DEFAULT_COMPARISON, "1\n2 3\n", stage);
      return caseVerdict({ index: 0, input: "", expected: "1\n2 3\n", ...judged }, stage);
    };
    expect(verdict(stageOf({ stdout: captured("1\n2 4\n") })).difference).toEqual({
      output: "1 | 1\n2 | 2 4\n  |   ^\n3 | ",
      expected: "1 | 1\n2 | 2 3\n  |   ^\n3 | ",
    });
    expect(verdict(stageOf({ stdout: captured("1\n2 3\n") }))).not.toHaveProperty("difference");
    expect(verdict(stageOf({ ...failed, stdout: captured("1\n2 4\n") }))).not.toHaveProperty("difference");
  });

  it("does not compare output that was cut", () => {
    expect(judgeOutput(DEFAULT_COMPARISON, "1", stageOf({ stdout: captured("1\n") })).failure).toBeNull();
    const cut = { ...captured("1"), dropped: 5 };
    expect(judgeOutput(DEFAULT_COMPARISON, "1", stageOf({ stdout: cut })).failure?.status).toBe("wrong_answer");
    expect(judgeOutput(DEFAULT_COMPARISON, "1", stageOf({ ...failed, stdout: captured("1") })).failure?.status).toBe(
      "runtime_error",
    );
  });
});
