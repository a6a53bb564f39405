import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ctx } from "../support/sandboxes.ts";
import { type OpenVerifier, openVerifier } from "../verification/support/open-verifier.ts";
import { type Hack, loadCatalogue } from "./catalogue.ts";
import { play } from "./play.ts";
import { submissionOf } from "./submission.ts";

/** The first of every family in every kind of tests; all of them are played by `npm run hacks`. */
function sample(): readonly Hack[] {
  const seen = new Set<string>();
  return loadCatalogue().filter((hack) => {
    const group = `${hack.kind} ${hack.family}`;
    if (seen.has(group) || submissionOf(hack) === null) return false;
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
});
