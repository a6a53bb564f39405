import type { Verdict } from "../contract/verdict.ts";
import type { VerifyInput } from "../contract/verification.ts";
import type { CallContext } from "../core/context.ts";
import type { SandlotError } from "../core/errors/sandlot-error.ts";
import type { Judgement } from "../core/outcome.ts";

/** A request to verify, as it came: parsed, and as text, out of which rows are cut. */
export interface IncomingVerification {
  readonly input: VerifyInput;
  readonly body: string;
}

/** What came of one answer. */
export interface VerifiedItem {
  readonly index: number;
  readonly environment: string;
  readonly taskId: string;
  readonly judgement: Judgement;
  /** Null when a fault kept the answer from being judged, which is in `error` then. */
  readonly verdict: Verdict | null;
  readonly error: SandlotError | null;
  readonly verifyMs: number;
}

/** Verification alone, as the surfaces see it. */
export interface VerificationService {
  /**
   * Looks at the whole request first and throws errors of the request domain, or that there is too much work; then verifies
   * as the results are read, and answers them as they complete.
   */
  verify(ctx: CallContext, incoming: IncomingVerification): Promise<AsyncGenerator<VerifiedItem>>;
}
