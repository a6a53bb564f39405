import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENTRIES, FAMILIES, familyOf } from "./gate/families.ts";
import { type Finding, playEntries } from "./gate/gate.ts";
import { openArena } from "./gate/open.ts";
import { familyTable } from "./gate/report.ts";

/** Every entry, every way, on the engine with runc in the strongest mode: the gate. */
describe("every attack on docker, mode A", () => {
  const findings: Finding[] = [];
  let close: () => Promise<void> = () => Promise.resolve();

  beforeAll(async () => {
    const opened = await openArena({ provider: "docker", runtime: "default", mode: "A" });
    close = opened.close;
    findings.push(...(await playEntries(opened.arena, ENTRIES)));
    console.log(familyTable(ENTRIES, findings));
  }, 600_000);
  afterAll(() => close());

  describe.each(Object.entries(FAMILIES))("%s %s", (letter) => {
    const entries = ENTRIES.filter((entry) => familyOf(entry) === letter);
    it.each(entries.map(({ id, title }) => [id, title]))("%s %s", (id) => {
      const missed = findings.filter(({ entry, state }) => entry === id && state === "missed");
      expect(missed.map(({ name, says, detail }) => ({ name, says, detail }))).toEqual([]);
    });
  });

  it("changes nothing around it", () => {
    expect(findings.filter(({ entry, state }) => entry === "all" && state === "missed")).toEqual([]);
    expect(findings.filter(({ entry }) => entry === "all").length).toBeGreaterThan(1);
  });
});
