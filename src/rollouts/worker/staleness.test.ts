import { expect, test } from "vitest";
import type { AgentRun } from "../../agents/port.ts";
import { versionsBehind } from "./staleness.ts";

type Call = AgentRun["calls"][number];

function run(...versions: (string | null)[]): AgentRun {
  const calls = versions.map((weightVersion): Call => {
    return { role: "policy", model: "m", trainable: true, call: { weightVersion } as Call["call"] };
  });
  return { calls, items: [], response: null, truncatedBy: null, modelMs: 0, toolsMs: 0 };
}

test("the oldest call counts, against the newest version that anybody has", () => {
  expect(versionsBehind(run("7", "9"), ["10", "12"])).toBe(5);
  expect(versionsBehind(run("9", "10"), ["9"])).toBe(1);
  expect(versionsBehind(run("10"), [])).toBe(0);
});

test("a call that saw an update counts by its oldest span", () => {
  const [first] = run("8").calls;
  if (!first) throw new Error("there is one");
  const span = (version: string) => ({ version, start: 0, end: 1 });
  const call = { ...first.call, weightVersions: [span("5"), span("8")] };
  expect(versionsBehind({ ...run(), calls: [{ ...first, call }] }, [])).toBe(3);
});

test("names are only told apart, and no version at all is unknown", () => {
  expect(versionsBehind(run("step-a"), ["step-b"])).toBe(1);
  expect(versionsBehind(run("step-a"), ["step-a"])).toBe(0);
  expect(versionsBehind(run(null), ["3"])).toBeNull();
});

test("what is not trained on may be of any version", () => {
  const [judge] = run("1").calls;
  if (!judge) throw new Error("there is one");
  expect(versionsBehind({ ...run(), calls: [{ ...judge, trainable: false }, ...run("9").calls] }, ["9"])).toBe(0);
});
