/** What a scrape of the engine's metrics says. */
export interface Scrape {
  /** `vllm:iteration_tokens_total_count`: grows with every step of the engine. */
  readonly iterations: number;
  /** `vllm:engine_sleep_state`, or weights being updated: it makes no steps on purpose. */
  readonly isResting?: boolean;
  /** `vllm:num_requests_waiting`. */
  readonly waiting?: number;
  /** `vllm:num_preemptions_total`. */
  readonly preemptions?: number;
  /** Tokens that its KV cache holds: `block_size` × `num_gpu_blocks` of `vllm:cache_config_info`. */
  readonly kvTokens?: number;
}

/** When an engine that makes no step, though it has calls, is believed to hang. Milliseconds. */
export interface HeartbeatLimits {
  /** It gets no new work. Default 30,000. */
  readonly suspectMs: number;
  /** Its calls are taken away. Default 120,000. */
  readonly deadMs: number;
  /** Time after its start that does not count: engines compile and capture graphs in their first minutes. Default 600,000. */
  readonly graceMs: number;
}

const LIMITS: HeartbeatLimits = { suspectMs: 30_000, deadMs: 120_000, graceMs: 600_000 };

/**
 * Whether the engine makes steps while it has something to do. `/health` and the gauges of a stopped engine look fine
 * (measured: `num_requests_running` 0, health 200), so what it has to do is taken from the calls in flight.
 */
export class Heartbeat {
  readonly #limits: HeartbeatLimits;
  /** The first scrape since which the counter stands still though calls are in flight. */
  #still: { readonly iterations: number; readonly since: number } | null = null;
  #stillMs = 0;
  #lastIterations: number | null = null;
  #activeFrom: number | null = null;

  constructor(limits: Partial<HeartbeatLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** It became ready: the grace period begins. */
  start(now: number): void {
    this.rest();
    this.#lastIterations = null;
    this.#activeFrom = now + this.#limits.graceMs;
  }

  /** Answers whether the engine has been started anew since the last scrape, with an empty cache. */
  scraped({ iterations, isResting = false }: Scrape, inFlight: number, now: number): boolean {
    const isRestarted = this.#lastIterations !== null && iterations < this.#lastIterations;
    this.#lastIterations = iterations;
    if (isRestarted) this.#activeFrom = now + this.#limits.graceMs;
    const isWatched = this.#activeFrom !== null && now >= this.#activeFrom && !isResting;
    if (!isWatched) this.rest();
    else if (this.#still?.iterations !== iterations) {
      this.#still = { iterations, since: now };
      this.#stillMs = 0;
    } else if (inFlight > 0) this.#stillMs = now - this.#still.since;
    // Idle engines stand still; one that was found hung is not well because its calls were taken away.
    else if (this.verdict === "beating") this.#still = { iterations, since: now };
    return isRestarted;
  }

  /** Paused or idle: nothing follows from standing still. */
  rest(): void {
    this.#still = null;
    this.#stillMs = 0;
  }

  get verdict(): "beating" | "suspect" | "dead" {
    if (this.#stillMs >= this.#limits.deadMs) return "dead";
    return this.#stillMs >= this.#limits.suspectMs ? "suspect" : "beating";
  }

  /** Milliseconds for which the engine is known to stand still. */
  get stillMs(): number {
    return this.#stillMs;
  }
}
