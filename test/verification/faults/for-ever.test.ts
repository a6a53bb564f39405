import { describe, expect, it } from "vitest";
import { each, verifierFor } from "./fault-tests.ts";
import type { Fault } from "./faulty-provider.ts";
import { EVERYWHERE, MASKED } from "./faulty-verifier.ts";
import { type Kind, LOCAL_KINDS, RESOURCE } from "./kinds.ts";
import { KILLED_LOCALLY, told } from "./steps.ts";

const [CASES, CHECKER, BRIDGE, SHARED] = LOCAL_KINDS as [Kind, Kind, Kind, Kind];
const MAKING: readonly Fault[] = [{ at: "create" }, { at: "engine timeout" }];
const verifier = verifierFor("local", LOCAL_KINDS);

describe("a fault that stays is a mask and never a reward", () => {
  it.each([
    ...each(CASES, [...MAKING, { at: "cut" }, KILLED_LOCALLY, told("killed"), told("lane_lost")], EVERYWHERE),
    ...each(CHECKER, [told("engine")], EVERYWHERE),
    ...each(CHECKER, [told("engine")], `${RESOURCE}-judge`),
    ...each(BRIDGE, [told("engine")], EVERYWHERE),
    ...each(SHARED, [told("engine")], EVERYWHERE),
  ])("$title", async ({ kind: { right }, fault, where }) => {
    const { arm, judge, faulty } = verifier();
    await arm(fault, Infinity, where);
    expect(await judge(right)).toEqual({ ...MASKED, error: expect.any(String) as string });
    expect(faulty.injected).toBeGreaterThan(0);
  });

  it.each(each(CASES, [told("engine"), { at: "cut" }], EVERYWHERE))("a wrong answer's, too: $title", async (test) => {
    const { arm, judge } = verifier();
    await arm(test.fault, Infinity, test.where);
    expect(await judge(test.kind.wrong)).toMatchObject(MASKED);
  });
});
