/** What one engine can hold, and how long its steps take. */
export interface EngineShape {
  /** Sequences that run at once (vLLM `max_num_seqs`). Default 256. */
  readonly maxSequences: number;
  /** Tokens one step computes at most; longer prompts go in chunks (vLLM `max_num_batched_tokens`). Default 8192. */
  readonly stepTokens: number;
  /** Tokens the KV cache holds (vLLM `block_size` × `num_gpu_blocks`). Default 400,000: an 8B model on 80 GB. */
  readonly kvTokens: number;
  /** Tokens of one KV block, the grain of the prefix cache (vLLM `block_size`). Default 16. */
  readonly blockTokens: number;
  /** Milliseconds of every step, whatever it does. Default 10.6. */
  readonly stepMs: number;
  /** Milliseconds more for each sequence of the step. Default 0.42. */
  readonly sequenceMs: number;
  /** Milliseconds more for each token of context that a decoding sequence reads. Default 1.42e-4. */
  readonly contextMs: number;
  /** Milliseconds to compute the first n prompt tokens: `perThousand`·k + `perThousandSquared`·k², k = n / 1000. */
  readonly prefillMs: {
    /** Default 57. */
    readonly perThousand: number;
    /** Default 4.4. */
    readonly perThousandSquared: number;
  };
  /** Who waits least: `fcfs`, or lower `priority` first (vLLM `--scheduling-policy`). Default `fcfs`. */
  readonly scheduling: "fcfs" | "priority";
}

/**
 * About an 8B dense model on one H100. The times are the coefficients that vllm-router published with its program
 * scheduling; the limits are vLLM's defaults for such a card.
 */
export const DEFAULT_ENGINE_SHAPE: EngineShape = {
  maxSequences: 256,
  stepTokens: 8192,
  kvTokens: 400_000,
  blockTokens: 16,
  stepMs: 10.6,
  sequenceMs: 0.42,
  contextMs: 1.42e-4,
  prefillMs: { perThousand: 57, perThousandSquared: 4.4 },
  scheduling: "fcfs",
};

/** Milliseconds to compute the prompt tokens from position `from` to position `to`. */
export function prefillMs({ prefillMs: cost }: EngineShape, from: number, to: number): number {
  const [a, b] = [from / 1000, to / 1000];
  return (b - a) * (cost.perThousand + cost.perThousandSquared * (a + b));
}
