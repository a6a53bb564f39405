import type { Verdict } from "../../../src/contract/verdict.ts";
import type { CallContext } from "../../../src/core/context.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { sleep, systemClock } from "../../../src/core/clock.ts";
import { DEFAULT_POOL_LIMITS, readCatalogue, SandboxPools } from "../../../src/sandbox/index.ts";
import { Verifier } from "../../../src/verification/index.ts";
import { engineOf } from "../../execution/support/engines.ts";
import { squareRow } from "../../support/rows.ts";
import { ctx, imagesRoot, openProvider, type ProviderName } from "../../support/sandboxes.ts";
import { impatient, verificationsOver } from "../../verify/support.ts";
import { type Fault, FaultyProvider } from "./faulty-provider.ts";

/** How an answer was judged, as a trainer is told. */
export interface Judged {
  readonly outcome: string;
  readonly reward: number | null;
  readonly masked: boolean;
  readonly status: Verdict["status"] | null;
  /** What kept it from being judged. */
  readonly error: string | null;
}

export const RIGHT: Judged = { outcome: "scored", reward: 1, masked: false, status: "passed", error: null };
export const WRONG: Judged = { ...RIGHT, reward: 0, status: "failed" };
export const MASKED: Omit<Judged, "error"> = { outcome: "sandbox_error", reward: null, masked: true, status: null };
/** All sandboxes, whosever they are. */
export const EVERYWHERE = "every sandbox";

export type Verify = (ctx: CallContext, verifier: Verifier) => Promise<Verdict>;

/** Above the time for which a sandbox is trusted. Milliseconds. */
const TRUSTED_MS = 400;

export interface FaultyVerifier {
  readonly faulty: FaultyProvider;
  /** From now on `times` faults in the sandboxes of one resource; those that concern making one begin without any. */
  readonly arm: (fault: Fault, times: number, where: string) => Promise<void>;
  /** One answer, all the way from a request to verify it to its outcome. */
  readonly judge: (verify: Verify) => Promise<Judged>;
  readonly close: () => Promise<void>;
}

/** Longest wait for a sandbox while none can be made: short, where they are quickly made. Milliseconds. */
const WAIT_MS = { local: 1_000, docker: 60_000, kubernetes: 60_000 } as const;

/** A verifier over sandboxes in which faults can be injected. */
export async function openFaultyVerifier(name: ProviderName, image = "python"): Promise<FaultyVerifier> {
  const opened = await openProvider(name, { image });
  const faulty = new FaultyProvider(opened.provider);
  const pools = new SandboxPools({
    provider: faulty,
    limits: { ...DEFAULT_POOL_LIMITS, waitMs: WAIT_MS[name] },
    acceptUnenforced: name === "local" ? ["memory_total", "processes_total", "inodes"] : [],
    clock: systemClock,
    logger: silentLogger,
  });
  const catalogue = await readCatalogue(imagesRoot);
  const execution = engineOf({ pools, catalogue, clock: impatient });
  const verifier = new Verifier({ execution, clock: impatient });
  return {
    faulty,
    arm: async (fault, times, where) => {
      if (fault.at === "create" || fault.at === "engine timeout") await faulty.empty(ctx);
      // One that has done its work just now is not asked how it is.
      if (fault.at === "claim") await sleep(systemClock, TRUSTED_MS);
      faulty.arm(fault, times, ({ resource }) => where === EVERYWHERE || resource === where);
    },
    judge: async (verify) => {
      const verifications = verificationsOver((inner) => verify(inner, verifier));
      const item = { environment: "code_gen", row: squareRow("faults").value, answer: "any" };
      const body = JSON.stringify(item);
      const items = await verifications.verify(ctx, { input: item, body });
      for await (const { judgement, verdict, error } of items) {
        const { outcome, reward, masked } = judgement;
        return { outcome, reward, masked, status: verdict?.status ?? null, error: error?.message ?? null };
      }
      throw new Error("nothing was judged");
    },
    close: async () => {
      await execution.close();
      await pools.close();
      opened.close();
      await opened.dispose?.();
    },
  };
}
