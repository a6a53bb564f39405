import { describe, expect, it } from "vitest";
import { stageOf } from "../../../../test/execution/support/stage.ts";
import type { Stage } from "../../../execution/index.ts";
import { checkedFindings, firstFindings } from "./findings.ts";
import type { CounterPlan, Variant } from "./plan.ts";

function reported(report: unknown, over: Partial<Stage> = {}): Stage {
  const data = Buffer.from(typeof report === "string" ? report : JSON.stringify(report));
  return stageOf({ files: [{ path: "report.json", status: "ok", data }], ...over });
}

type Told = readonly [id: string, status: string, line?: number];

const reportOf = (...tests: Told[]) => ({
  replaced: [],
  problem: null,
  tests: tests.map(([id, status, line]) => ({
    id,
    status,
    message: "said",
    places: line === undefined ? [] : [["t.py", line]],
  })),
});

const PLAN: CounterPlan = { ids: ["a", "b"], imports: [], unchecked: [], variants: [{ sources: [], falsified: {} }] };
const VARIANT: Variant = { sources: [], falsified: { a: [["t.py", 4, 6]] } };
const first = (stage: Stage, plan = PLAN) => firstFindings(plan, stage).map(({ id, failure }) => [id, failure?.status]);

describe("firstFindings", () => {
  it("passes what is reported to have passed, and nothing that is not", () => {
    expect(first(reported(reportOf(["a", "passed"], ["b", "passed"])))).toEqual([
      ["a", undefined],
      ["b", undefined],
    ]);
    expect(first(reported(reportOf(["a", "passed"], ["c", "failed"])))).toEqual([
      ["a", undefined],
      ["b", "no_tests"],
      ["c", "wrong_answer"],
    ]);
  });

  it("takes skips, errors and what passed once and failed once for no passes", () => {
    const stage = reported(reportOf(["a", "skipped"], ["b", "passed"], ["b", "error"]));
    expect(first(stage)).toEqual([
      ["a", "no_tests"],
      ["b", "runtime_error"],
    ]);
  });

  it("believes no report that cannot be read, whatever the exit code", () => {
    for (const garbage of ["", "{", "[]", '{"tests": []}', JSON.stringify({ ...reportOf(), tests: [{ id: 1 }] })]) {
      expect(first(reported(garbage))).toEqual([[null, "no_tests"]]);
    }
    expect(first(reported(reportOf(), { files: [] }))).toEqual([[null, "no_tests"]]);
  });

  it("puts limits before what the report says", () => {
    const stage = reported(reportOf(["a", "passed"], ["b", "passed"]), { status: "time_limit", message: "late" });
    expect(first(stage)).toEqual([
      ["a", "time_limit"],
      ["b", "time_limit"],
    ]);
  });

  it("says what was put back, and what could not be checked", () => {
    const stage = reported({ ...reportOf(["a", "passed"], ["b", "passed"]), replaced: ["time.time"] });
    const found = firstFindings({ ...PLAN, unchecked: ["b"], imports: ["time"] }, stage);
    expect(found.map(({ evidence }) => evidence.length)).toEqual([2, 3]);
  });
});

describe("checkedFindings", () => {
  const passed = firstFindings(PLAN, reported(reportOf(["a", "passed"], ["b", "passed"])));
  const checked = (stage: Stage | null) =>
    checkedFindings(passed, [{ variant: VARIANT, stage }]).map(({ failure }) => failure?.status);

  it("bears out a pass where the falsified test failed at its place", () => {
    expect(checked(reported(reportOf(["a", "failed", 5], ["b", "passed"])))).toEqual([undefined, undefined]);
    expect(checked(reported(reportOf(["a", "error", 4])))).toEqual([undefined, undefined]);
  });

  it("calls a pass that nobody can have tampering", () => {
    expect(checked(reported(reportOf(["a", "passed"], ["b", "passed"])))).toEqual(["tampered", undefined]);
  });

  it("does not believe what failed elsewhere, was skipped, is missing or was not run", () => {
    expect(checked(reported(reportOf(["a", "failed", 7])))).toEqual(["no_tests", undefined]);
    expect(checked(reported(reportOf(["a", "failed"])))).toEqual(["no_tests", undefined]);
    expect(checked(reported(reportOf(["a", "skipped", 5])))).toEqual(["no_tests", undefined]);
    expect(checked(reported(reportOf(["b", "passed"])))).toEqual(["no_tests", undefined]);
    expect(checked(reported("garbage"))).toEqual(["no_tests", undefined]);
    expect(checked(null)).toEqual(["no_tests", undefined]);
  });

  it("names a limit that the counter-check ran into", () => {
    const stage = reported(reportOf(["a", "failed", 5]), { status: "memory_limit", message: "full" });
    expect(checked(stage)).toEqual(["memory_limit", undefined]);
  });
});
