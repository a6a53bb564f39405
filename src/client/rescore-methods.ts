import { RescoreTally, RewardFlip } from "../contract/rescores.ts";
import { callEvents, type StreamOptions, valueOf } from "./call-events.ts";
import { type AnswerOf, callRoute, type CallOptions } from "./call-route.ts";
import type { Transport } from "./transport.ts";

/** Milliseconds for a whole job: the server ends it before. */
const RESCORE_TIMEOUT_MS = 6 * 3600 * 1000;

/** What the stream of a rescore carries. */
export type RescoreStreamEvent =
  | { readonly type: "flip"; readonly flip: RewardFlip }
  | { readonly type: "progress"; readonly tally: RescoreTally }
  | { readonly type: "end"; readonly tally: RescoreTally };

/** Stored rollouts through the present verifiers. */
export interface RescoreMethods {
  rescoreJob(id: string, options?: CallOptions): Promise<AnswerOf<"rescoreJob">>;
  /** The same, told as it goes; leaving the loop ends it, and what has been told is kept. */
  streamRescore(id: string, options?: StreamOptions): AsyncGenerator<RescoreStreamEvent>;
  listVerdicts(rolloutId: string, options?: CallOptions): Promise<AnswerOf<"listVerdicts">>;
  /** The program that a rollout had judged, and its tests for those who may see them. */
  getSubmission(rolloutId: string, options?: CallOptions): Promise<AnswerOf<"getSubmission">>;
}

/** Those methods over one transport. */
export function rescoreMethods(transport: Transport): RescoreMethods {
  return {
    rescoreJob: (id, call) =>
      callRoute(transport, "rescoreJob", { params: { id } }, { timeoutMs: RESCORE_TIMEOUT_MS, ...call }),
    streamRescore: (id, options) =>
      callEvents(transport, "streamRescore", "end", { params: { id }, body: "{}", options }, ({ event, data }, url) => {
        if (event === "flip") return { type: event, flip: valueOf(RewardFlip, data, url) };
        if (event !== "progress" && event !== "end") return undefined;
        return { type: event, tally: valueOf(RescoreTally, data, url) };
      }),
    getSubmission: (id, call) => callRoute(transport, "getSubmission", { params: { id } }, call),
    listVerdicts: (id, call) => callRoute(transport, "listVerdicts", { params: { id } }, call),
  };
}
