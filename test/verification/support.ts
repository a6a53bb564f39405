import { systemClock } from "../../src/core/clock.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { DEFAULT_POOL_LIMITS, SandboxPools } from "../../src/sandbox/index.ts";
import { Verifier } from "../../src/verification/index.ts";
import { engineOf } from "../execution/support/engines.ts";
import { openProvider } from "../support/sandboxes.ts";

export interface TestVerifier {
  readonly verifier: Verifier;
  readonly close: () => Promise<void>;
}

/** A verifier over real sandboxes of its own. */
export async function openVerifier(): Promise<TestVerifier> {
  const opened = await openProvider("docker");
  const { provider } = opened;
  const pools = new SandboxPools({ provider, limits: DEFAULT_POOL_LIMITS, clock: systemClock, logger: silentLogger });
  const execution = engineOf({ pools, runs: { maxWaiting: 1_000 } });
  return {
    verifier: new Verifier({ execution, clock: systemClock }),
    close: async () => {
      await execution.close();
      await pools.close();
      opened.close();
      await opened.dispose?.();
    },
  };
}
