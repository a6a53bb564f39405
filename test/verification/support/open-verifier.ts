import { systemClock } from "../../../src/core/clock.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { DEFAULT_POOL_LIMITS, readCatalogue, SandboxPools } from "../../../src/sandbox/index.ts";
import { Verifier } from "../../../src/verification/index.ts";
import { engineOf } from "../../execution/support/engines.ts";
import { imagesRoot, openProvider, type ProviderName } from "../../support/sandboxes.ts";

export interface OpenVerifier {
  readonly verifier: Verifier;
  /** Lets go of it, with every sandbox of it. */
  readonly close: () => Promise<void>;
}

/** A verifier over sandboxes of its own installation, in every language of the images that are built. */
export async function openVerifier(name: ProviderName): Promise<OpenVerifier> {
  const opened = await openProvider(name);
  const pools = new SandboxPools({
    provider: opened.provider,
    limits: DEFAULT_POOL_LIMITS,
    clock: systemClock,
    logger: silentLogger,
  });
  const catalogue = await readCatalogue(imagesRoot);
  const execution = engineOf({ pools, catalogue, runs: { maxWaiting: 1_000 } });
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
