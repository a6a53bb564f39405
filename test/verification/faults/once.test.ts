import { describe, expect, it } from "vitest";
import { each, expectNoHarm, verifierFor } from "./fault-tests.ts";
import type { Fault } from "./faulty-provider.ts";
import { RIGHT } from "./faulty-verifier.ts";
import { type Kind, LOCAL_KINDS, RESOURCE } from "./kinds.ts";
import { KILLED_LOCALLY, STEPS, told, TOLD } from "./steps.ts";

const [CASES, CHECKER, BRIDGE, SHARED] = LOCAL_KINDS as [Kind, Kind, Kind, Kind];
const SOME: readonly Fault[] = [KILLED_LOCALLY, told("lane_lost")];
const JUDGE = `${RESOURCE}-judge`;
const verifier = verifierFor("local", LOCAL_KINDS);

describe("a fault that goes away costs nobody a reward", () => {
  it.each([
    ...each(CASES, [...STEPS, KILLED_LOCALLY, ...TOLD], RESOURCE),
    ...each(CHECKER, SOME, RESOURCE),
    ...each(CHECKER, [{ at: "create" }, ...SOME], JUDGE),
    ...each(BRIDGE, SOME, RESOURCE),
    ...each(SHARED, SOME, RESOURCE),
  ])("$title", (test) => expectNoHarm(verifier(), test));

  it.each(each(SHARED, SOME, JUDGE))(
    "what shared tests pass is counter-checked all the same: $title",
    async ({ kind, fault, where }) => {
      const { arm, judge, faulty } = verifier();
      await arm(fault, 1, where);
      expect(await judge(kind.right)).toEqual(RIGHT);
      expect(faulty.injected).toBe(1);
    },
  );
});
