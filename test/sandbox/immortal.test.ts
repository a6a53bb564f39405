import { afterAll, beforeAll, expect, it } from "vitest";
import { ctx, LIMITS, openProvider, specOf, type TestProvider, text } from "../support/sandboxes.ts";

let opened: TestProvider;
beforeAll(async () => {
  opened = await openProvider("docker");
});
afterAll(() => opened.close());

const COUNTS = `
import collections, sys
loaded = [collections, collections.namedtuple, collections.namedtuple.__code__, collections.namedtuple.__doc__, collections.Counter]
own = [[], "".join("ab"), type("Own", (collections.Counter,), {})]
immortal = sys.getrefcount(None)
print([sys.getrefcount(thing) == immortal for thing in loaded], [sys.getrefcount(thing) == immortal for thing in own])
`;

it("shares what an interpreter has loaded with all its programs, counters included; their own objects are ordinary", async () => {
  const sandbox = await opened.provider.create(ctx, specOf());
  try {
    const result = await sandbox.run(ctx, { program: { interpreter: "python", source: COUNTS }, limits: LIMITS });
    expect(text(result.stderr)).toBe("");
    expect(text(result.stdout)).toBe("[True, True, True, True, True] [False, False, False]\n");
  } finally {
    await opened.provider.remove(ctx, sandbox.id);
  }
});
