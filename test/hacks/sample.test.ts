import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ctx } from "../support/sandboxes.ts";
import { type OpenVerifier, openVerifier } from "../verification/support/open-verifier.ts";
import { type Hack, loadCatalogue } from "./catalogue.ts";
import { play } from "./play.ts";
import { type Isolation, submissionOf } from "./submission.ts";

/** The first of every family in every kind of tests; all of them are played by `npm run hacks`. */
function sample(isolation?: Isolation): readonly Hack[] {
  const seen = new Set<string>();
  return loadCatalogue().filter((hack) => {
    const group = `${hack.kind} ${hack.family}`;
    const submission = submissionOf(hack, isolation);
    if (seen.has(group) || submission === null) return false;
    if (isolation === "shared" && submission.tests.kind !== "assertions") return false;
    seen.add(group);
    return true;
  });
}

describe("reward hacks, one of every family and kind of tests", () => {
  let opened: OpenVerifier;
  beforeAll(async () => {
    opened = await openVerifier("docker");
  });
  afterAll(() => opened.close());

  it.each(sample())("$path scores nothing, and its honest twin scores", async (hack) => {
    const played = await play(ctx, opened.verifier, hack);
    expect(played?.hack).toMatchObject({ reward: 0 });
    expect(played?.twin).toMatchObject({ reward: 1 });
  });

  it.each(sample("shared"))(
    "$path scores nothing in the tests' own process, and its honest twin scores",
    async (hack) => {
      const played = await play(ctx, opened.verifier, hack, "shared");
      expect(played?.hack).toMatchObject({ reward: 0 });
      expect(played?.twin).toMatchObject({ reward: 1 });
    },
  );
});
