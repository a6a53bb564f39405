/** What remains of the past at every new sample. */
const MEMORY = 0.9;
const SAMPLES = 5;
const [FASTEST, SLOWEST] = [0.7, 4];

/** How long a replica takes for a token: all the time of its calls by all their output, smoothed. */
export class Pace {
  #ms = 0;
  #tokens = 0;
  #samples = 0;

  add(ms: number, tokens: number): void {
    if (tokens <= 0) return;
    this.#ms = this.#ms * MEMORY + ms;
    this.#tokens = this.#tokens * MEMORY + tokens;
    this.#samples++;
  }

  /** Null until there are enough samples. */
  get msPerToken(): number | null {
    return this.#samples < SAMPLES ? null : this.#ms / this.#tokens;
  }
}

/** How slow each replica is beside the fleet's median, from 0.7 to 4; 1 while too little is known. */
export function slownessOf(paces: readonly Pace[]): number[] {
  const own = paces.map(({ msPerToken }) => msPerToken);
  const sorted = own.filter((ms) => ms !== null).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  const median = sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
  return own.map((ms) => (ms === null || median === 0 ? 1 : Math.min(SLOWEST, Math.max(FASTEST, ms / median))));
}
