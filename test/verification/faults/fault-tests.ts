import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { ProviderName } from "../../support/sandboxes.ts";
import { type FaultyVerifier, openFaultyVerifier, RIGHT, WRONG } from "./faulty-verifier.ts";
import type { Fault } from "./faulty-provider.ts";
import type { Kind } from "./kinds.ts";
import { nameOf } from "./steps.ts";

/** A verifier for the tests of a file, after it has judged an answer of each kind. */
export function verifierFor(name: ProviderName, kinds: readonly Kind[]): () => FaultyVerifier {
  let opened: FaultyVerifier | null = null;
  const get = () => {
    if (opened) return opened;
    throw new Error("there is none before the tests");
  };
  beforeAll(async () => {
    if (kinds.length === 0) return;
    opened = await openFaultyVerifier(name);
    // Pools prove their sandboxes first; what goes wrong with that is another test's business.
    for (const { right } of kinds) expect(await opened.judge(right)).toEqual(RIGHT);
  });
  afterEach(() => opened?.faulty.disarm());
  afterAll(() => opened?.close());
  return get;
}

/** A test for each of the faults, in the sandboxes of one resource. */
export function each(kind: Kind, faults: readonly Fault[], where: string) {
  return faults.map((fault) => ({ title: `${kind.name}, in ${where}: ${nameOf(fault)}`, kind, fault, where }));
}

/** A fault that comes once: the right answer gets its 1 and the wrong one its 0, each after one fault. */
export async function expectNoHarm(
  { arm, judge, faulty }: FaultyVerifier,
  { kind: { right, wrong }, fault, where }: { readonly kind: Kind; readonly fault: Fault; readonly where: string },
): Promise<void> {
  for (const [verify, verdict] of [
    [right, RIGHT],
    [wrong, WRONG],
  ] as const) {
    await arm(fault, 1, where);
    expect(await judge(verify)).toEqual(verdict);
    expect(faulty.injected).toBe(1);
  }
}
