import { describe, expect, it } from "vitest";
import { captured, stageOf } from "../../../../test/execution/support/stage.ts";
import type { Stage } from "../../../execution/index.ts";
import { opinionOf } from "./opinion.ts";

function ended(code: number | null, said = "", status: Stage["status"] = code === 0 ? "ok" : "runtime_error"): Stage {
  const exit = code === null ? null : { code };
  return stageOf({ status, message: "how it ended", exit, stderr: captured(said) });
}

describe("opinionOf", () => {
  it("reads testlib's exit codes", () => {
    expect(opinionOf(ended(0, "ok 3 numbers\n"), 1)).toEqual({ kind: "accepted", message: "ok 3 numbers" });
    expect(opinionOf(ended(1, "wrong answer 1st differs\nmore"), 1)).toMatchObject({
      kind: "rejected",
      message: "wrong answer 1st differs",
    });
    for (const code of [2, 4, 8]) {
      expect(opinionOf(ended(code), 1)).toMatchObject({ kind: "rejected", message: "wrong output format", score: 0 });
    }
    expect(opinionOf(ended(3, "FAIL better than the jury's"), 1)).toMatchObject({ kind: "fault" });
  });

  it("takes points as a part of the full score", () => {
    expect(opinionOf(ended(7, "points 0.25 some"), 1)).toMatchObject({ kind: "rejected", score: 0.25 });
    expect(opinionOf(ended(7, "points 30"), 100)).toMatchObject({ kind: "rejected", score: 0.3 });
    expect(opinionOf(ended(7, "points 100"), 100)).toMatchObject({ kind: "accepted" });
    expect(opinionOf(ended(56), 1)).toMatchObject({ kind: "rejected", score: 0.4 });
    expect(opinionOf(ended(116), 1)).toMatchObject({ kind: "accepted" });
  });

  it("has no opinion where points make no sense, or the checker broke", () => {
    for (const said of ["", "points", "points 1.5", "points -1", "points nan", "0.5"]) {
      expect(opinionOf(ended(7, said), 1), said).toMatchObject({ kind: "broken" });
    }
    for (const code of [5, 9, 15, 117, 255])
      expect(opinionOf(ended(code), 1), String(code)).toMatchObject({ kind: "broken" });
    expect(opinionOf(ended(null), 1)).toMatchObject({ kind: "broken", message: "how it ended" });
    expect(opinionOf(ended(0, "", "output_limit"), 1)).toMatchObject({ kind: "broken" });
    const trace = "Traceback (most recent call last):\n  File …\nValueError: invalid literal\n";
    expect(opinionOf(ended(1, trace), 1)).toEqual({ kind: "broken", message: "ValueError: invalid literal" });
  });

  it("keeps messages short", () => {
    expect(opinionOf(ended(1, "x".repeat(10_000)), 1).message).toHaveLength(300);
  });
});
