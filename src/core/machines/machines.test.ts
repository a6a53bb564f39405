import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OUTCOMES } from "../outcome.ts";
import { applyEvent, type LedgerEvent, ledgerTally, newLedger } from "./job-ledger.ts";
import { jobEnded, nextJobState } from "./job.ts";
import { nextRolloutState } from "./rollout.ts";
import { nextAttemptPhase } from "./attempt.ts";

const SIZE = 6;
const rollout = fc.nat(SIZE - 1);
const event: fc.Arbitrary<LedgerEvent> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("claim" as const), rollout }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("requeue" as const), rollout }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant("finish" as const), rollout, outcome: fc.constantFrom(...OUTCOMES) }),
  },
  { weight: 1, arbitrary: fc.constant({ type: "cancel" as const }) },
);

describe("the job ledger", () => {
  it("accounts for every rollout after every sequence of events", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        let ledger = newLedger(SIZE);
        for (const next of events) {
          ledger = applyEvent(ledger, next);
          const tally = ledgerTally(ledger);
          expect(tally.requested).toBe(SIZE);
          expect(tally.queued + tally.running + tally.scored + tally.truncated + tally.masked).toBe(SIZE);
          expect(jobEnded(ledger.job)).toBe(tally.queued + tally.running === 0);
        }
      }),
    );
  });

  it("never changes a rollout that is done, nor a job that has ended", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), event, (events, last) => {
        const before = events.reduce(applyEvent, newLedger(SIZE));
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
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let ledger = applyEvent(events.reduce(applyEvent, newLedger(SIZE)), { type: "cancel" });
        for (let i = 0; i < SIZE; i++)
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
