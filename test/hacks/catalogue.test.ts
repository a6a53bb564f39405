import { describe, expect, it } from "vitest";
import { type Hack, loadCatalogue, naiveGraders, WITHOUT_PROGRAM } from "./catalogue.ts";
import { KINDS, loadTasks } from "./tasks.ts";

/** The part of the attack list that is about rewards. */
const ENTRIES = Array.from({ length: 22 }, (_, place) => 81 + place);

const HACKS = loadCatalogue();
const isPython = ({ language }: Hack) => language === "python";

describe("the collection of reward hacks", () => {
  it("has every entry of the list", () => {
    const covered = new Set(HACKS.map(({ entry }) => entry));
    expect(ENTRIES.filter((entry) => !covered.has(entry))).toEqual([]);
  });

  it("has hacks of every kind of test, and enough of them", () => {
    for (const kind of KINDS) expect(HACKS.filter((hack) => hack.kind === kind).length, kind).toBeGreaterThanOrEqual(8);
    expect(HACKS.filter(isPython).length).toBeGreaterThanOrEqual(200);
    expect(HACKS.filter((hack) => !isPython(hack)).length).toBeGreaterThanOrEqual(40);
  });

  it.each(HACKS.map((hack) => [hack.path, hack] as const))("%s was seen to beat a naive grader", (_, hack) => {
    expect(hack.beats.length).toBeGreaterThan(0);
    for (const grader of hack.beats) {
      expect(naiveGraders()).toContain(grader);
      expect(grader.startsWith(`${hack.kind}_`)).toBe(true);
    }
  });

  it("has no hack that is its own twin, and no two that are the same for one kind", () => {
    for (const { source, files, twin, path } of HACKS)
      expect([source, files], path).not.toEqual([twin.source, twin.files]);
    for (const kind of KINDS) {
      const of = HACKS.filter((hack) => hack.kind === kind);
      expect(new Set(of.map(({ source, files }) => JSON.stringify([source, files]))).size, kind).toBe(of.length);
    }
  });

  it("uses every task, each with as many outputs as inputs", () => {
    for (const kind of KINDS) {
      const used = new Set(HACKS.filter((hack) => hack.kind === kind).map(({ task }) => task));
      expect([...loadTasks(kind).keys()].sort(), kind).toEqual([...used].sort());
    }
    for (const kind of ["stdin", "function"] as const)
      for (const { inputs, outputs, name } of loadTasks(kind).values())
        expect(outputs.length, name).toBe(inputs.length);
  });

  it("gives a reason for what it leaves out", () => {
    for (const [idea, reason] of Object.entries(WITHOUT_PROGRAM)) {
      expect(ENTRIES, idea).toContain(Number(idea.split(" ")[0]));
      expect(reason.length, idea).toBeGreaterThan(20);
    }
  });
});
