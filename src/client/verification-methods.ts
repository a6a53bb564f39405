import type { z } from "zod";
import { VerifyEvent, type VerifyInput, VerifyTally } from "../contract/verification.ts";
import { callEvents, type StreamOptions, valueOf } from "./call-events.ts";
import { type AnswerOf, callRoute, type CallOptions } from "./call-route.ts";
import type { Transport } from "./transport.ts";

/** Milliseconds for a call that waits for verifications: the server ends them before. */
const VERIFY_TIMEOUT_MS = 3 * 3600 * 1000;

/** What a stream of verifications carries. */
export type VerificationEvent =
  | { readonly type: "result"; readonly result: VerifyEvent }
  | { readonly type: "end"; readonly tally: VerifyTally };

type VerifyBody = string | z.input<typeof VerifyInput>;

/** Verification alone. `body` may be the request as text, which is sent as it is. */
export interface VerificationMethods {
  /** One item, or a batch of `items`. Faults are in the answer, each as an outcome without a reward. */
  verify(body: VerifyBody, options?: CallOptions): Promise<AnswerOf<"verify">>;
  /** The same, told as the results complete; leaving the loop cancels the rest. */
  streamVerify(body: VerifyBody, options?: StreamOptions): AsyncGenerator<VerificationEvent>;
}

/** Those methods over one transport. */
export function verificationMethods(transport: Transport): VerificationMethods {
  const textOf = (body: VerifyBody) => (typeof body === "string" ? body : JSON.stringify(body));
  return {
    verify: (body, call) =>
      callRoute(transport, "verify", { body: textOf(body) }, { timeoutMs: VERIFY_TIMEOUT_MS, ...call }),
    streamVerify: (body, options) =>
      callEvents(transport, "streamVerify", "end", { body: textOf(body), options }, ({ event, data }, url) => {
        if (event === "result") return { type: event, result: valueOf(VerifyEvent, data, url) };
        return event === "end" ? { type: event, tally: valueOf(VerifyTally, data, url) } : undefined;
      }),
  };
}
