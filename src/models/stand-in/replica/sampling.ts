import type { JsonObject } from "../../../core/json/parse.ts";

/** How a sequence is to be generated: vLLM's sampling parameters, as far as the stand-in heeds them. */
export interface Sampling {
  /** At most so many tokens; already no more than what is left of the context. */
  readonly maxTokens: number;
  readonly minTokens: number;
  readonly ignoreEos: boolean;
  readonly stop: readonly string[];
  readonly stopTokenIds: readonly number[];
  readonly includeStopInOutput: boolean;
  /** 0 makes the answer depend on the prompt alone. */
  readonly temperature: number;
  readonly seed: number | null;
  /** The answer is one of these texts. */
  readonly choice: readonly string[] | null;
  /** The answer is JSON that fits this schema. */
  readonly schema: JsonObject | null;
  readonly priority: number;
  readonly salt: string;
}
