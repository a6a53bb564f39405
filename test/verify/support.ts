import { join } from "node:path";
import { type Clock, systemClock } from "../../src/core/clock.ts";
import { Environments, type ResourceServices } from "../../src/resources/index.ts";
import { Verifications } from "../../src/rollouts/index.ts";
import { NO_SANDBOXES } from "../support/no-sandboxes.ts";

const ENVIRONMENTS = join(import.meta.dirname, "../../environments");

/** Pauses before another try take no time; limits stay what they are. */
export const impatient: Clock = {
  ...systemClock,
  after: (ms, fn) => systemClock.after(ms < 10_000 ? Math.min(ms, 1) : ms, fn),
};

/** Verification of the package's environments, whose sandboxes are the test's. */
export function verificationsOver(verify: ResourceServices["verify"], parallel = 4): Verifications {
  const environments = new Environments({
    roots: [ENVIRONMENTS],
    compiled: () => null,
    services: () => ({ ...NO_SANDBOXES, verify }),
  });
  return new Verifications({ environments, clock: impatient, parallel });
}
