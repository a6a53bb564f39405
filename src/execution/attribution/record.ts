/** Confirmed doubts after which a failure is believed at once. */
const CONFIRMATIONS = 2;
/** Runs blamed for faults of their sandboxes after which a program is run no more. */
const MOST_BLAMED = 3;

/**
 * What the runs of one submission have shown. Each repetition costs a fresh sandbox and holds up others, so a program
 * must not be able to have one for every case.
 */
export class SubmissionRecord {
  #confirmed = 0;
  #blamed = 0;

  /** A failure in doubt turned out to be the program's own when it was repeated alone. */
  confirm(): void {
    this.#confirmed++;
  }

  /** A run was found to have brought its sandbox down. */
  blame(): void {
    this.#blamed++;
  }

  /** Whether its failures need no repetition: it has failed by itself where others were in doubt. */
  get failsByItself(): boolean {
    return this.#confirmed >= CONFIRMATIONS;
  }

  /** Whether it brings sandboxes down, and so must not run beside others. */
  get dangerous(): boolean {
    return this.#blamed > 0;
  }

  /** Whether enough has been proved: what is left of the submission is not run. */
  get settled(): boolean {
    return this.#blamed >= MOST_BLAMED;
  }
}
