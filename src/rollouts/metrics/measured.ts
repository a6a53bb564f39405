import { createHash } from "node:crypto";
import type { AgentRun } from "../../agents/port.ts";
import type { Verdict } from "../../contract/verdict.ts";
import type { MeasuredRow } from "../../store/port.ts";

/** A rollout with a reward that counts: verified and not masked. */
export interface Measured {
  readonly rolloutIndex: number;
  readonly reward: number;
  /** Every number that is known of it by name, the reward among them. */
  readonly fields: ReadonlyMap<string, number>;
  /** Equal for equal answers; null where none was found, undefined where nobody kept it. */
  readonly answer: string | null | undefined;
}

/** The rollout as metrics see it; null when it is not done, is masked or has no reward. */
export function measuredOf(row: MeasuredRow): Measured | null {
  const { judgement, rolloutIndex, rewardComponents, metrics, answer } = row;
  if (!judgement || judgement.masked || judgement.reward === null) return null;
  const { reward } = judgement;
  const fields = new Map([["reward", reward]]);
  // JSON keeps null in the place of what is no finite number: such a value is missing, and not zero.
  const set = (name: string, value: number) => Number.isFinite(value) && fields.set(name, value);
  for (const [name, value] of Object.entries(metrics)) set(name, value);
  for (const [name, value] of Object.entries(rewardComponents ?? {})) set(`reward_components/${name}`, value);
  // A metric that calls itself so is not it.
  fields.set("reward", reward);
  return { rolloutIndex, reward, fields, answer: answer === null ? undefined : answer === "" ? null : answer };
}

/**
 * What a run has used, beside what its verifier measured: tokens as the endpoint counts them under NeMo Gym's names, and how far it
 * went. Empty where nothing ran.
 */
export function runMetrics(run: AgentRun | null): Record<string, number> {
  if (!run) return {};
  const { calls, items, response } = run;
  const usage = response?.usage;
  const outputs = calls.reduce((sum, { call }) => sum + call.items.length, 0);
  return {
    ...(usage && {
      input_tokens: usage.input_tokens,
      output_tokens: usage.output_tokens,
      total_tokens: usage.total_tokens,
    }),
    turns: calls.length,
    tool_calls: items.length - outputs,
  };
}

/** What a rollout's row keeps of the answer: a key by which answers are told apart. */
export function answerKey(verdict: Verdict | null): string | null {
  if (!verdict) return null;
  if (verdict.answer === null) return "";
  return createHash("sha256").update(verdict.answer).digest("base64url").slice(0, 16);
}
