import { RunningMean } from "./running-mean.ts";

/** English text and JSON before anything is known. */
const BYTES_PER_TOKEN = 4;

/** What one model's calls are like, learned from what the engine counts. */
export class Estimates {
  readonly #bytesPerToken = new RunningMean(BYTES_PER_TOKEN, 1 / 64);
  readonly #growth = new RunningMean(6_000, 1 / 64);
  readonly #completion = new RunningMean(256, 1 / 64);

  /** Tokens of a prompt whose body has so many bytes. */
  tokensOf(bytes: number): number {
    return Math.ceil(bytes / this.#bytesPerToken.value);
  }

  /** Tokens that a session gathers over its life, beyond its group's prompt. Starts at 6,000. */
  get growthTokens(): number {
    return this.#growth.value;
  }

  /** Tokens of an answer. Starts at 256. */
  get completionTokens(): number {
    return this.#completion.value;
  }

  get bytesPerToken(): number {
    return this.#bytesPerToken.value;
  }

  learnCall(promptBytes: number | null, usage: { readonly promptTokens: number; readonly completionTokens: number }) {
    if (promptBytes !== null && usage.promptTokens > 0) this.#bytesPerToken.add(promptBytes / usage.promptTokens);
    this.#completion.add(usage.completionTokens);
  }

  /** A session has ended with so many tokens of its own. */
  learnSession(privateTokens: number): void {
    this.#growth.add(privateTokens);
  }
}
