import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OUTCOMES } from "../outcome.ts";
import { applyEvent, completeGroups, type LedgerEvent, ledgerTally, newLedger } from "./job-ledger.ts";
import { jobEnded, nextJobState } from "./job.ts";
import { nextRolloutState } from "./rollout.ts";
import { nextAttemptPhase } from "./attempt.ts";

const rollout = fc.nat(11);
const shape = fc
  .record({ tasks: fc.nat(4), repeats: fc.integer({ min: 1, max: 3 }), accepting: fc.boolean() })
  .chain((of) => fc.record({ ...constants(of), wanted: fc.integer({ min: 1, max: of.repeats }) }));

function constants({ tasks, repeats, accepting }: { tasks: number; repeats: number; accepting: boolean }) {
  return { tasks: fc.constant(tasks), repeats: fc.constant(repeats), accepting: fc.constant(accepting) };
}
const event: fc.Arbitrary<LedgerEvent> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("claim" as const), rollout }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("requeue" as const), rollout }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant("finish" as const), rollout, outcome: fc.constantFrom(...OUTCOMES) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("add" as const), tasks: fc.integer({ min: 1, max: 2 }) }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...(["cancel", "force", "expire", "pause", "resume", "close"] as const).map((type) => ({ type })),
    ),
  },
);

describe("the job ledger", () => {
  it("accounts for every rollout after every sequence of events", () => {
    fc.assert(
      fc.property(shape, fc.array(event, { maxLength: 60 }), (of, events) => {
        let ledger = newLedger(of);
        for (const next of events) {
          ledger = applyEvent(ledger, next);
          const tally = ledgerTally(ledger);
          const size = ledger.rollouts.length;
          expect(tally.requested).toBe(size);
          expect(tally.queued + tally.running + tally.scored + tally.truncated + tally.masked).toBe(size);
          expect(jobEnded(ledger.job)).toBe(tally.queued + tally.running === 0 && !ledger.accepting);
          if (jobEnded(ledger.job)) expect(completeGroups(ledger)).toBe(size / of.repeats);
        }
      }),
    );
  });

  it("never changes a rollout that is done, nor a job that has ended", () => {
    fc.assert(
      fc.property(shape, fc.array(event, { maxLength: 60 }), event, (of, events, last) => {
        const before = events.reduce(applyEvent, newLedger(of));
        const after = applyEvent(before, last);
        for (const [index, known] of before.rollouts.entries()) {
          if (known.state === "done") expect(after.rollouts[index]).toEqual(known);
        }
        if (jobEnded(before.job)) expect(after).toEqual(before);
      }),
    );
  });

  it("can always be brought to an end by cancelling and finishing what runs", () => {
    fc.assert(
      fc.property(shape, fc.array(event, { maxLength: 40 }), (of, events) => {
        let ledger = applyEvent(events.reduce(applyEvent, newLedger(of)), { type: "cancel" });
        for (const i of ledger.rollouts.keys())
          ledger = applyEvent(ledger, { type: "finish", rollout: i, outcome: "cancelled" });
        expect(jobEnded(ledger.job)).toBe(true);
      }),
    );
  });
});

describe("state machines", () => {
  it("refuse what has no place", () => {
    expect(nextRolloutState("queued", "finish")).toBe("refused");
    expect(nextRolloutState("done", "claim")).toBe("refused");
    expect(nextJobState("completed", "cancel")).toBe("refused");
    expect(nextJobState("cancelling", "claim")).toBe("refused");
    expect(nextAttemptPhase("verifying", "seeded")).toBe("refused");
    expect(nextAttemptPhase("ended", "end")).toBe("refused");
  });
});
