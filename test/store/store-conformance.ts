import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { rootContext } from "../../src/core/context.ts";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import { endsConformance } from "./conformance/ends.ts";
import { groupsConformance } from "./conformance/groups.ts";
import { jobsConformance } from "./conformance/jobs.ts";
import { queueConformance } from "./conformance/queue.ts";
import { subjectOf } from "./conformance/subject.ts";
import { ctx, newJob, type TestStore } from "./support.ts";

/** What every Store must do, whatever it rests on. `open` answers an empty one. */
export function storeConformance(name: string, open: () => Promise<TestStore>): void {
  describe(name, () => {
    let test: TestStore;
    beforeAll(async () => {
      test = await open();
    });
    beforeEach(() => test.reset());
    afterAll(() => test.close());

    const subject = subjectOf(() => test);
    jobsConformance(subject);
    queueConformance(subject);
    endsConformance(subject);
    groupsConformance(subject);

    it("does nothing for a context that has ended", async () => {
      const reason = new SandlotError("cancelled", { detail: "asked for" });
      const ended = rootContext({ signal: AbortSignal.abort(reason) });
      const { jobs, rollouts, queue, blobs } = subject.store;
      const calls = [
        jobs.create(ended, newJob()),
        jobs.get(ended, "job_0"),
        jobs.list(ended, { before: null, limit: 1 }),
        rollouts.get(ended, "rol_0"),
        queue.claim(ended, { worker: "w", limit: 1, leaseMs: 1 }),
        blobs.append(ended, new Map()),
      ];
      const answers = await Promise.allSettled(calls);
      expect(answers).toEqual(calls.map(() => ({ status: "rejected", reason })));
      expect(await jobs.list(ctx, { before: null, limit: 1 })).toEqual([]);
    });

    it("answers its check, and has one installation", async () => {
      await subject.store.check(ctx);
      expect(subject.store.installation).toMatch(/^ins_[0-9a-f]{32}$/);
    });
  });
}
