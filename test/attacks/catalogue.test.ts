import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DEFENCES } from "./defences/list.ts";
import { checkDefences, chosen } from "./defences/play.ts";
import { ENTRIES, FAMILIES, familyOf, numberOf } from "./gate/families.ts";
import { nameOf, TARGETS } from "./gate/target.ts";
import { whyNotRun, whyNotRunIn } from "./gate/named-tests.ts";
import { leftOut, NOT_APPLICABLE } from "./not-applicable.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The list has 114 entries; 81 to 102 are about rewards, and verification's. */
const NUMBERS = Array.from({ length: 114 }, (_, n) => n + 1).filter((n) => n <= 80 || n >= 103);
const FIRST: Readonly<Record<string, number>> = { A: 1, B: 25, C: 39, D: 51, E: 61, F: 73, H: 103, I: 109 };

/** How many attacks do not apply, by target. To raise one of these takes a reason that convinces a reviewer. */
const LEFT_OUT: Readonly<Record<string, number>> = {
  "docker-A": 2,
  "docker-B": 3,
  "docker-C": 10,
  "docker-runsc-C": 22,
  "docker-runsc-systrap-A": 6,
  "local-B": 17,
  "local-C": 36,
};

describe("the catalogue of attacks", () => {
  it("has every number of the list once, in its family", () => {
    expect(ENTRIES.map(numberOf)).toEqual(NUMBERS);
    for (const entry of ENTRIES) {
      const letters = Object.keys(FAMILIES).filter((letter) => (FIRST[letter] ?? 0) <= numberOf(entry));
      expect(familyOf(entry), entry.id).toBe(letters.at(-1));
    }
  });

  it("tries every entry itself, with an honest twin, or names the tests that hold it", () => {
    for (const { id, variants, twins, elsewhere = [] } of ENTRIES) {
      expect(variants.length + elsewhere.length, id).toBeGreaterThan(0);
      if (variants.length > 0) expect(twins.length, id).toBeGreaterThan(0);
      const names = variants.map(({ name }) => name);
      expect(new Set(names).size, id).toBe(names.length);
    }
  });

  it.each(ENTRIES.flatMap(({ id, elsewhere = [] }) => elsewhere.map(({ file, test }) => [id, file, test] as const)))(
    "%s is held by a test of %s: %s",
    (_, file, test) => {
      expect(whyNotRun(ROOT, file, test)).toBeNull();
    },
  );

  it.each([
    [`it.skip("held", () => {})`, "it.skip"],
    [`it.todo("held by nobody")`, "it.todo"],
    [`test.fails("held", () => {})`, "test.fails"],
    [`it("held", { skip: true }, () => {})`, "its options"],
    [`describe.skip("all", () => { it.each([1])("held", () => {}) })`, "describe.skip"],
    [`describe.each([1])("all", { todo: true }, () => { it("held", () => {}) })`, "its options"],
    [`it("held", (context) => { context.skip() })`, "context.skip"],
    [`it("held", () => {}); it.only("another", () => {})`, "it.only"],
    [`const names = ["held"]`, "no such test"],
    [`it("held", () => {})`, null],
    [`describe.skipIf(!tool)("with a tool", () => { it.each([1])(\`held \${x}\`, () => {}) })`, null],
  ])("does not take for a test that is run: %s", (source, why) => {
    const found = whyNotRunIn(source, "held");
    if (why === null) expect(found).toBeNull();
    else expect(found).toContain(why);
  });

  it("leaves out no more than is written down, and only what there is", () => {
    expect(Object.keys(NOT_APPLICABLE).sort()).toEqual(TARGETS.map(nameOf).sort());
    const known = ENTRIES.flatMap(({ id, variants }) => [id, ...variants.map(({ name }) => `${id} ${name}`)]);
    known.push("image cpp");
    for (const [target, reasons] of Object.entries(NOT_APPLICABLE)) {
      for (const [what, reason] of Object.entries(reasons)) {
        expect(known, target).toContain(what);
        expect(reason.length, what).toBeGreaterThan(20);
      }
    }
    const numbers = TARGETS.map((target) => [nameOf(target), leftOut(target, ENTRIES).length] as const);
    expect(Object.fromEntries(numbers)).toEqual(LEFT_OUT);
  });
});

describe("the list of defences", () => {
  it("speaks of what is there, and of attacks that are there", () => {
    expect(checkDefences).not.toThrow();
    for (const { name, attacks } of DEFENCES)
      for (const attack of attacks) expect(chosen([attack]).length, `${name}: ${attack}`).toBeGreaterThan(0);
    const names = DEFENCES.map(({ name }) => name);
    expect(new Set(names).size).toBe(DEFENCES.length);
    for (const { name, secondTo = null } of DEFENCES) if (secondTo !== null) expect(names, name).toContain(secondTo);
  });
});
