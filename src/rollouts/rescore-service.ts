import type { RescoreTally, RewardFlip } from "../contract/rescores.ts";
import type { CallContext } from "../core/context.ts";

export type RescoreEvent =
  | { readonly type: "flip"; readonly flip: RewardFlip }
  | { readonly type: "progress"; readonly tally: RescoreTally }
  | { readonly type: "end"; readonly tally: RescoreTally };

/** Stored rollouts through the present verifiers, as the surfaces see it. */
export interface RescoreService {
  /** Throws `not_found` and `overloaded` at once; then works as the events are read. What was kept when it breaks off stays. */
  rescore(ctx: CallContext, jobId: string): Promise<AsyncGenerator<RescoreEvent>>;
}
