import type { CallFault } from "../call.ts";

const CONNECT_FAILURES = 2;
const WINDOW_MS = 30_000;
const ERRORS = 5;
const ERROR_SHARE = 0.5;
const MAX_ANSWERS = 1_000;
const [FIRST_OPEN_MS, LONGEST_OPEN_MS] = [5_000, 60_000];

/**
 * What calls themselves tell of a replica. Open after 2 failed connects in a row, or 5 server errors in 30 s that are
 * half of the answers or more; then one trial call after 5 s, doubling to 60 s. Deadlines, refusals of a request and
 * clients that leave do not count: long generations would shut replicas out (vime #371).
 */
export class Breaker {
  #connectFailures = 0;
  /** Answers of the last 30 s, oldest first: bounded, since only their share counts. */
  #answers: { readonly at: number; readonly isError: boolean }[] = [];
  /** When the next trial may be made; null while closed. */
  #trialAt: number | null = null;
  #openMs = FIRST_OPEN_MS;
  #isTrialUnderWay = false;
  #isTripped = false;

  get isClosed(): boolean {
    return this.#trialAt === null;
  }

  /** Whether a call may be sent as far as the breaker is concerned. */
  admits(now: number): boolean {
    return this.#trialAt === null || (now >= this.#trialAt && !this.#isTrialUnderWay);
  }

  /** A call is sent. Answers whether it is the trial, which `succeeded`, `failed` or `dropped` must be told. */
  begin(): boolean {
    if (this.#trialAt === null) return false;
    this.#isTrialUnderWay = true;
    return true;
  }

  succeeded(now: number, isTrial: boolean): void {
    this.#connectFailures = 0;
    this.#note(now, false);
    if (isTrial) this.reset();
  }

  failed(now: number, fault: CallFault, isTrial: boolean): void {
    if (isTrial) this.#isTrialUnderWay = false;
    if (fault === "neutral") return;
    if (isTrial) {
      // Of several trials under way (panic), the first to fail counts.
      if (this.#trialAt === null || now < this.#trialAt) return;
      this.#openMs = Math.min(LONGEST_OPEN_MS, this.#openMs * 2);
      this.#trialAt = now + this.#openMs;
      return;
    }
    this.#connectFailures = fault === "connect_failed" ? this.#connectFailures + 1 : 0;
    this.#note(now, true);
    const errors = this.#answers.filter(({ isError }) => isError).length;
    const isFailing = errors >= ERRORS && errors >= ERROR_SHARE * this.#answers.length;
    if (this.#trialAt === null && (isFailing || this.#connectFailures >= CONNECT_FAILURES))
      this.#trialAt = now + this.#openMs;
  }

  /** Opens it for the longest time, for a reason that is not in the calls' answers. */
  trip(now: number): void {
    this.#openMs = LONGEST_OPEN_MS;
    this.#trialAt = now + LONGEST_OPEN_MS;
    this.#isTripped = true;
  }

  /** Whether calls' answers are all it is open for. */
  get isOpenByCalls(): boolean {
    return this.#trialAt !== null && !this.#isTripped;
  }

  /** Closes it: the replica is known to be well, or is another one now. */
  reset(): void {
    this.#connectFailures = 0;
    this.#answers = [];
    this.#trialAt = null;
    this.#openMs = FIRST_OPEN_MS;
    this.#isTrialUnderWay = false;
    this.#isTripped = false;
  }

  #note(now: number, isError: boolean): void {
    this.#answers.push({ at: now, isError });
    const first = this.#answers.findIndex(({ at }) => now - at <= WINDOW_MS);
    this.#answers.splice(0, Math.max(first, this.#answers.length - MAX_ANSWERS));
  }
}
