import type { Sample } from "../../contract/samples.ts";

/** Where one sample or rollout does not join into one sequence of tokens. */
export interface Found {
  /** The sample, or the line of a file. */
  readonly where: string;
  /** The turn, from 1; null where only the branch is known. */
  readonly turn: number | null;
  readonly reason: string;
}

/** What a check came to. */
export interface ContiguityCheck {
  readonly rollouts: number;
  readonly contiguous: number;
  readonly found: readonly Found[];
}

/** Checks samples as the API gives them: a branch for each broken prefix, a problem for each call without tokens. */
export class SampleCheck {
  readonly #rollouts = new Set<string>();
  readonly #broken = new Set<string>();
  readonly #found: Found[] = [];

  add(sample: Sample): void {
    this.#rollouts.add(sample.rollout_id);
    const reasons = [
      ...(sample.break ? [`${sample.break.reason} at token ${sample.break.position}`] : []),
      ...(sample.problem === null ? [] : [sample.problem]),
      ...lengthProblems(sample),
    ];
    if (sample.branch > 0 && reasons.length === 0) reasons.push("a branch of its own");
    for (const reason of reasons) this.#found.push({ where: sample.id, turn: null, reason });
    if (reasons.length > 0) this.#broken.add(sample.rollout_id);
  }

  end(): ContiguityCheck {
    const rollouts = this.#rollouts.size;
    return { rollouts, contiguous: rollouts - this.#broken.size, found: this.#found };
  }
}

function lengthProblems({ response_ids: ids, loss_mask: mask, logprobs }: Sample): string[] {
  const agree = ids.length === mask.length && ids.length === logprobs.length;
  return agree ? [] : [`${ids.length} tokens, ${mask.length} of the mask, ${logprobs.length} log-probs`];
}
