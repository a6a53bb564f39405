import type { CallContext } from "../../core/context.ts";
import type { TokenUsage } from "../../contract/responses.ts";
import type { Failed } from "../dialects/fault.ts";
import type { Caller } from "../port.ts";
import type { Engine } from "./engine.ts";

/** What an upstream wants to know of a call to place it. */
export interface CallSite {
  /** Null for a call that belongs to no rollout. */
  readonly caller: Caller | null;
  /** Bytes of its body. */
  readonly bytes: number;
  /** The conversation holds answers already. */
  readonly continued: boolean;
  /** Turns of its rollout are best made from token ids. */
  readonly exact: boolean;
}

/** What came of a call on one engine. */
export type Used<T> =
  | {
      readonly kind: "done";
      readonly value: T;
      readonly usage: Pick<TokenUsage, "input_tokens" | "output_tokens"> | null;
    }
  | Failed
  /** The engine, as its notes now say, lacks what the call is best made with: another may have it. Where none has, `use` does without. */
  | { readonly kind: "unfit" };

/** What is known of the weights that a call was answered with. */
export interface WeightsAround {
  /** The replica's version as the call began and as it ended; null where nobody has said. */
  readonly before: string | null;
  readonly after: string | null;
  /** Whether a weight update ended meanwhile. */
  readonly isUpdated: boolean;
}

/** What a call came to, and where. */
export interface Served<T> {
  readonly value: T;
  /** Null where there is only one endpoint. */
  readonly replica: string | null;
  readonly weights: WeightsAround;
  /** Times it was sent. */
  readonly tries: number;
}

/** Where a model's calls go: one endpoint, or a fleet of them. */
export interface Upstream {
  /**
   * Runs `use` on an engine, and again, there or elsewhere, where that is safe and may help. Throws the failure that
   * stands, or the context's reason.
   */
  call<T>(
    ctx: CallContext,
    site: CallSite,
    use: (ctx: CallContext, engine: Engine) => Promise<Used<T>>,
  ): Promise<Served<T>>;
  /** The session makes no more calls. */
  finish(session: string): void;
  close(): Promise<void>;
}
