import { SandlotError } from "../../core/errors/sandlot-error.ts";

/** Seconds after which a caller may try again when the memory of all sessions is used up. */
const RETRY_SECONDS = 10;

/** The memory that all sessions share. What is under way when it is used up is still kept; what comes then is refused. */
export class SessionsMemory {
  readonly #limit: number;
  readonly #makeRoom: () => void;
  #held = 0;

  /** `makeRoom` gives up what can be spared, while `isFull`. */
  constructor(limitBytes: number, makeRoom: () => void) {
    this.#limit = limitBytes;
    this.#makeRoom = makeRoom;
  }

  get isFull(): boolean {
    return this.#held >= this.#limit;
  }

  /** Throws `overloaded` when there is no room for more. */
  admit(): void {
    if (this.isFull) this.#makeRoom();
    if (this.isFull)
      throw new SandlotError("overloaded", { resource: "memory of model sessions", retry_after: RETRY_SECONDS });
  }

  /** Takes so many bytes more, or gives them back when negative. */
  add(bytes: number): void {
    this.#held += bytes;
  }
}
