import type { BranchSample } from "../../contract/samples.ts";
import type { LoggedCall, LoggedCalls } from "../../core/tokens/logged-call.ts";
import { type TokenSample, TokenSamples } from "../../core/tokens/samples.ts";

/** Tokens after which a page of samples ends: about 30 MB of JSON. */
const PAGE_TOKENS = 1 << 20;

const SUPERSEDED = "another call with the same prompt was continued in its place";

/** Samples of one page. */
export interface BranchPage {
  readonly items: BranchSample[];
  /** The branch that comes next; null after the last. */
  readonly next: number | null;
  /** Tokens of these samples. */
  readonly tokens: number;
}

/** One sample for each branch that the calls make, and then one, masked, for each call that cannot be part of any. */
export class BranchSamples {
  readonly #joined: TokenSamples;
  readonly #alone: readonly LoggedCall[];

  constructor(logged: LoggedCalls) {
    this.#joined = new TokenSamples(logged);
    this.#alone = logged.calls.filter(({ arrived, problem }) => arrived && problem !== null);
  }

  /** Samples from one branch on, until there are `limit` of them, or a million tokens with those that the page already `holds`. */
  page(from: number, { limit = Infinity, holds = 0 }: { limit?: number; holds?: number } = {}): BranchPage {
    const items: BranchSample[] = [];
    let tokens = 0;
    for (let branch = from; items.length < limit && holds + tokens < PAGE_TOKENS; branch++) {
      const sample = this.#at(branch);
      if (!sample) return { items, next: null, tokens };
      items.push(sample);
      tokens += this.#joined.lengthOf(branch);
    }
    const next = from + items.length;
    return { items, next: next < this.#joined.count + this.#alone.length ? next : null, tokens };
  }

  #at(branch: number): BranchSample | null {
    const sample = this.#joined.at(branch);
    if (sample) return view(branch, sample, sample.superseded ? SUPERSEDED : null);
    const call = this.#alone[branch - this.#joined.count];
    return call ? view(branch, emptySample(call), `call ${call.id}: ${call.problem}`) : null;
  }
}

function view(branch: number, sample: TokenSample, problem: string | null): BranchSample {
  return {
    branch,
    call_ids: [...sample.calls],
    break: sample.broken && { ...sample.broken },
    prompt_ids: sample.promptIds,
    response_ids: sample.responseIds,
    loss_mask: sample.lossMask,
    logprobs: sample.logProbs,
    spans: sample.spans.map(({ call, start, end, version, between }) => ({
      call_id: call,
      start,
      end,
      weight_version: version,
      ...(between ? { between } : {}),
    })),
    finish_reason: sample.finishReason,
    mask: problem !== null || !sample.lossMask.includes(1),
    problem,
  };
}

function emptySample({ id, finishReason }: LoggedCall): TokenSample {
  const lists = { promptIds: [], responseIds: [], lossMask: [], logProbs: [], spans: [] };
  return { calls: [id], broken: null, ...lists, finishReason, superseded: false };
}
