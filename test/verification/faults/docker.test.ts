import { describe, expect, it } from "vitest";
import { builtImages } from "../../environments/support/built-images.ts";
import { each, expectNoHarm, verifierFor } from "./fault-tests.ts";
import { EVERYWHERE, MASKED } from "./faulty-verifier.ts";
import { MATH, PROGRAM, PROJECT, RESOURCE } from "./kinds.ts";
import { REMOVED, told } from "./steps.ts";

const built = await builtImages();
const ALL = [
  { kind: PROGRAM, image: "javascript" },
  { kind: PROJECT, image: "python-numerical" },
  { kind: MATH, image: "math" },
] as const;
const kinds = ALL.filter(({ image }) => built.has(image)).map(({ kind }) => kind);
const verifier = verifierFor("docker", kinds);

describe.each(ALL)(
  "$kind.name in Docker (skipped: sandlot image build $image)",
  { timeout: 600_000 },
  ({ kind, image }) => {
    it.skipIf(!built.has(image)).each(each(kind, [REMOVED, told("lane_lost")], RESOURCE))(
      "costs nobody a reward: $title",
      (test) => expectNoHarm(verifier(), test),
    );

    // A project takes the way of a shared process, and its image long to start.
    if (kind !== PROJECT)
      it.skipIf(!built.has(image))("is a mask when it stays", async () => {
        const { arm, judge } = verifier();
        await arm(told("engine"), Infinity, EVERYWHERE);
        expect(await judge(kind.right)).toMatchObject(MASKED);
      });
  },
);
