import { systemClock } from "../../../src/core/clock.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { imageStates, prepareImages } from "../../../src/sandbox/docker/index.ts";
import { DEFAULT_POOL_LIMITS, readCatalogue, SandboxPools } from "../../../src/sandbox/index.ts";
import { Verifier } from "../../../src/verification/index.ts";
import { engineOf, type EngineOptions } from "../../execution/support/engines.ts";
import { ctx, imagesRoot, openProvider, type ProviderName } from "../../support/sandboxes.ts";

const socketPath = "/var/run/docker.sock";

/** Those of the named images that are built; all of them where tests are to build images. */
export async function builtImages(names: readonly string[]): Promise<ReadonlySet<string>> {
  if (process.env["SANDLOT_TEST_IMAGES"] === "all") await prepareImages(ctx, { socketPath, imagesRoot, images: names });
  const { images } = await readCatalogue(imagesRoot);
  const states = await imageStates(socketPath, images);
  return new Set(states.filter(({ built }) => built).map(({ source }) => source.manifest.name));
}

export interface OpenVerifier {
  readonly verifier: Verifier;
  /** Lets go of it, with every sandbox of it. */
  readonly close: () => Promise<void>;
}

/** A verifier over sandboxes of its own installation, in every language of the images that are built. */
export async function openVerifier(name: ProviderName, options: Partial<EngineOptions> = {}): Promise<OpenVerifier> {
  const opened = await openProvider(name);
  const { provider } = opened;
  const pools = new SandboxPools({ provider, limits: DEFAULT_POOL_LIMITS, clock: systemClock, logger: silentLogger });
  const catalogue = await readCatalogue(imagesRoot);
  const execution = engineOf({ pools, catalogue, runs: { maxWaiting: 1_000 }, ...options });
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
