import { exactFloats } from "../../core/tokens/exact-floats.ts";
import { type LoggedCall, spansOf } from "../../core/tokens/logged-call.ts";
import { tokenProblem } from "../../core/tokens/token-lists.ts";
import type { PlacedCall } from "../port.ts";

/** Estimate, from measured heaps: a call but its log-probs. */
const CALL_BYTES = 700;

/** Answered calls of one trajectory, in the order of their answers, but their token ids: these are in the log. */
export class KeptCalls {
  readonly #calls: LoggedCall[] = [];
  readonly #lost = new Set<string>();
  /** Calls that others continue. */
  readonly #continued = new Set<string>();
  #bytes = 0;

  /** Memory that they take, estimated; exact for the log-probs. */
  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#calls.length;
  }

  add({ id, parent, broken, status, tokens, weightVersion, weightVersions = [], finishReason }: PlacedCall): void {
    const { promptTokenIds: prompt, generationTokenIds: generation, generationLogProbs } = tokens;
    const logProbs = exactFloats(generationLogProbs ?? []);
    this.#calls.push({
      id,
      parent,
      broken,
      arrived: status < 400,
      trainable: true,
      logProbs,
      weightVersions: spansOf(weightVersions, weightVersion, generation),
      finishReason,
      problem: tokenProblem({ prompt, generation, logProbs: generationLogProbs }),
    });
    if (parent !== null) this.#continued.add(parent);
    this.#bytes += CALL_BYTES + logProbs.byteLength;
  }

  /** The answer was not seen to reach its caller: it is left out, unless a prompt that continues it shows that it did. */
  lost(call: string): void {
    this.#lost.add(call);
  }

  all(): LoggedCall[] {
    return this.#calls.map((call) => {
      const isLost = this.#lost.has(call.id) && !this.#continued.has(call.id);
      return isLost ? { ...call, arrived: false } : call;
    });
  }
}
