/**
 * Why the prompt of a call does not start with the prompt and the generation of the call whose conversation it goes on with:
 *
 * - `dropped_reasoning`: earlier reasoning is missing, left out by the caller or by the engine's template;
 * - `truncation`: the caller left out the oldest part of the conversation;
 * - `compaction`: the caller replaced a part of it by something shorter;
 * - `edited_history`: the caller changed what was said;
 * - `non_canonical_tokens`: the same text, made of other tokens than those that were sampled;
 * - `template_rendering`: the same conversation, rendered as another text;
 * - `unknown`: the conversation is the same, and the engine does not tell what its tokens say.
 */
export const BREAK_REASONS = [
  "dropped_reasoning",
  "truncation",
  "compaction",
  "edited_history",
  "non_canonical_tokens",
  "template_rendering",
  "unknown",
] as const;
export type BreakReason = (typeof BREAK_REASONS)[number];

/** A broken prefix. */
export interface PrefixBreak {
  readonly reason: BreakReason;
  /** The call whose conversation went on. */
  readonly after: string;
  /** First token of the prompt that differs from that call's prompt and generation, or the prompt's length when it ends too early. */
  readonly position: number;
}
