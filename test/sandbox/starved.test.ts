import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const agentFolder = join(import.meta.dirname, "../../sandboxes/agent");
const STARVED = `
import sys
from types import SimpleNamespace
sys.path.insert(0, sys.argv[1])
import accounting
from run import Run
accounting.TELLS_WAITING = sys.argv[2] == "tells"
run = Run.__new__(Run)
run.limit, run.wall, run._starved = sys.argv[3], 2.0, 0.5
run._meter = SimpleNamespace(cpu=0.25)
print(run._starving())
`;

/** Seconds that a run which took 2 s, with 0.25 s of processor time, is said to have waited for a processor. */
const starvedWhere = (kernel: "tells" | "silent", limit: "wall" | "cpu") =>
  Number(spawnSync("python3", ["-c", STARVED, agentFolder, kernel, limit], { encoding: "utf8" }).stdout);

describe("what a run waited for a processor", () => {
  it("is what the kernel says", () => {
    expect(starvedWhere("tells", "wall")).toBe(0.5);
  });

  it("may be all the time without one where the kernel says nothing, so that a time-out is in doubt", () => {
    expect(starvedWhere("silent", "wall")).toBe(1.75);
    expect(starvedWhere("silent", "cpu")).toBe(0.5);
  });
});
