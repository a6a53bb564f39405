import { BlockPool } from "./block-pool.ts";
import { type EngineCounters, type EngineTotals, NO_TOTALS } from "./counters.ts";
import { type EngineEvent, type EngineRequest, type EngineStep, Sequence } from "./request.ts";
import { DEFAULT_ENGINE_SHAPE, type EngineShape, prefillMs } from "./shape.ts";
import { SequenceQueue } from "./sequence-queue.ts";

/** What becomes of requests that are there; those to come are held in any case (vLLM `POST /pause`). */
export type PauseMode =
  /** They end. */
  | "abort"
  /** They go on to their end. */
  | "wait"
  /** They freeze, and go on after `resume`. */
  | "keep";

/** What one step is to compute. */
interface Plan {
  /** Tokens it may still take on. */
  budget: number;
  /** How many of the running sequences take part: the first ones. */
  sequences: number;
  prefillMs: number;
  /** Tokens of context that decoding sequences read. */
  context: number;
}

/**
 * The timing of an inference engine as vLLM's V1 scheduler has it: continuous batching, chunked prefill, a block-wise
 * prefix cache, preemption with recomputation. Neither timers nor I/O: whoever drives it calls `step` again and again
 * and lets `ms` pass, on a real, a scaled or a virtual clock, with the same results.
 */
export class Engine {
  readonly shape: EngineShape;
  readonly #pool: BlockPool;
  readonly #sequences = new Map<string, Sequence>();
  /** In order of admission; those that still prefill are among them. */
  readonly #running: Sequence[] = [];
  readonly #waiting: SequenceQueue;
  /** Submitted during a pause. */
  readonly #held: SequenceQueue;
  readonly #totals: EngineTotals = { ...NO_TOTALS };
  #arrivals = 0;
  #paused: PauseMode | null = null;
  #sleepLevel: 0 | 1 | 2 = 0;

  constructor(shape: Partial<EngineShape> = {}) {
    this.shape = { ...DEFAULT_ENGINE_SHAPE, ...shape };
    this.#pool = new BlockPool(Math.floor(this.shape.kvTokens / this.shape.blockTokens));
    this.#waiting = new SequenceQueue(this.shape.scheduling);
    this.#held = new SequenceQueue(this.shape.scheduling);
  }

  /** Throws a RangeError when the request could never run: no tokens, or more than the KV cache holds. */
  submit(request: EngineRequest): void {
    const { id, promptTokens, outputTokens } = request;
    if (!(promptTokens >= 1 && outputTokens >= 1)) throw new RangeError("a request without tokens");
    if (promptTokens + outputTokens > this.capacity)
      throw new RangeError(`${promptTokens} + ${outputTokens} tokens in a KV cache of ${this.capacity}`);
    if (this.#sequences.has(id)) throw new RangeError(`request ${id} is already there`);
    const sequence = new Sequence(request, this.#arrivals++);
    this.#sequences.set(id, sequence);
    (this.#paused === null ? this.#waiting : this.#held).add(sequence);
  }

  /** Ends a request without a further event; false when it is not there (any more). */
  abort(id: string): boolean {
    const sequence = this.#sequences.get(id);
    if (!sequence) return false;
    this.#sequences.delete(id);
    const at = this.#running.indexOf(sequence);
    if (at >= 0) this.#running.splice(at, 1);
    else if (!this.#waiting.remove(sequence)) this.#held.remove(sequence);
    this.#pool.release(sequence.blocks);
    this.#totals.aborted++;
    return true;
  }

  /** Ends all requests; answers their ids in order of submission. */
  abortAll(): string[] {
    const ids = [...this.#sequences.keys()];
    for (const id of ids) this.abort(id);
    return ids;
  }

  /**
   * Computes the next step; null when there is nothing to run. The step takes `ms`, and its events are to be told at
   * its end, except of requests that were aborted since.
   */
  step(): EngineStep | null {
    if (!this.busy) return null;
    const events: EngineEvent[] = [];
    const plan: Plan = { budget: this.shape.stepTokens, sequences: 0, prefillMs: 0, context: 0 };
    const preempted = this.#scheduleRunning(plan, events);
    // As in vLLM: a step that takes space away from running requests admits none.
    if (!preempted) this.#scheduleWaiting(plan, events);
    if (plan.sequences === 0) throw new Error("an engine that is busy and has nothing to do");
    const { stepMs, sequenceMs, contextMs, stepTokens } = this.shape;
    const ms = stepMs + plan.prefillMs + plan.sequences * sequenceMs + plan.context * contextMs;
    this.#complete(plan.sequences, events);
    this.#totals.steps++;
    this.#totals.busyMs += ms;
    return { ms, tokens: stepTokens - plan.budget, events };
  }

  /** Whether `step` has something to do. */
  get busy(): boolean {
    return this.#paused !== "keep" && (this.#running.length > 0 || this.#waiting.length > 0);
  }

  /** Holds requests from now on. Answers the ids of those it ended: all with `abort`, else none. */
  pause(mode: PauseMode): string[] {
    this.#paused = mode;
    return mode === "abort" ? this.abortAll() : [];
  }

  /** Goes on with what was frozen or held; wakes, too. */
  resume(): void {
    this.#paused = null;
    this.#sleepLevel = 0;
    for (let held = this.#held.take(); held; held = this.#held.take()) this.#waiting.add(held);
  }

  get paused(): PauseMode | null {
    return this.#paused;
  }

  /** Pauses with `abort` and forgets all prefixes, as both levels of vLLM's sleep do. Answers the ids it ended. */
  sleep(level: 1 | 2 = 1): string[] {
    const ended = this.pause("abort");
    this.#sleepLevel = level;
    this.#pool.clear();
    return ended;
  }

  /** 0: awake. */
  get sleepLevel(): 0 | 1 | 2 {
    return this.#sleepLevel;
  }

  /**
   * Forgets all prefixes. False, and nothing happens, while requests use the cache (as in vLLM), unless they may be
   * preempted for it; those then start anew with the next step.
   */
  resetPrefixCache({ preempt = false } = {}): boolean {
    if (preempt) while (this.#running.length > 0) this.#preempt(0, []);
    if (this.#pool.free < this.#pool.size) return false;
    this.#pool.clear();
    return true;
  }

  /** Tokens the KV cache holds, in full blocks. */
  get capacity(): number {
    return this.#pool.size * this.shape.blockTokens;
  }

  get counters(): EngineCounters {
    return {
      ...this.#totals,
      running: this.#running.length,
      waiting: this.#waiting.length + this.#held.length,
      kvUsage: 1 - this.#pool.free / this.#pool.size,
    };
  }

  /** Running requests first, in order, each with its next token or its next part of the prompt. */
  #scheduleRunning(plan: Plan, events: EngineEvent[]): boolean {
    let preempted = false;
    while (plan.sequences < this.#running.length && plan.budget > 0) {
      const sequence = this.#running[plan.sequences];
      if (!sequence) break;
      const count = Math.min(sequence.known - sequence.computed, plan.budget);
      if (this.#missing(sequence, count) <= this.#pool.free) this.#schedule(sequence, count, plan);
      else {
        this.#preempt(plan.sequences, events);
        preempted = true;
      }
    }
    return preempted;
  }

  #scheduleWaiting(plan: Plan, events: EngineEvent[]): void {
    while (plan.budget > 0) {
      const sequence = this.#admit(events);
      if (!sequence) break;
      this.#schedule(sequence, Math.min(sequence.known - sequence.computed, plan.budget), plan);
    }
  }

  #schedule(sequence: Sequence, count: number, plan: Plan): void {
    const { computed, known, generated } = sequence;
    this.#give(sequence, computed + count);
    sequence.scheduled = count;
    plan.budget -= count;
    plan.sequences++;
    if (generated > 0 && computed === known - 1) plan.context += known;
    else plan.prefillMs += prefillMs(this.shape, computed, computed + count);
  }

  /** Blocks it lacks to have `count` more tokens computed. */
  #missing(sequence: Sequence, count: number): number {
    return Math.ceil((sequence.computed + count) / this.shape.blockTokens) - sequence.blocks.length;
  }

  /**
   * Allocates blocks up to `tokens` tokens and makes the full ones findable already: whoever is admitted in the same
   * step shares them, as in vLLM.
   */
  #give(sequence: Sequence, tokens: number): void {
    const missing = this.#missing(sequence, tokens - sequence.computed);
    if (missing > 0) this.#pool.allocate(missing, sequence.blocks);
    const full = Math.floor(tokens / this.shape.blockTokens);
    for (; sequence.registered < full; sequence.registered++) {
      const id = sequence.request.blocks[sequence.registered];
      const block = sequence.blocks[sequence.registered];
      if (id !== undefined && block !== undefined) this.#pool.register(block, id);
    }
  }

  /** Moves the first waiting request to the running ones, when its whole prompt fits (`scheduler_reserve_full_isl`). */
  #admit(events: EngineEvent[]): Sequence | undefined {
    const sequence = this.#waiting.first;
    if (!sequence || this.#running.length >= this.shape.maxSequences) return undefined;
    const { blockTokens } = this.shape;
    const { known, request } = sequence;
    // The last token is computed in any case: its result is the next token.
    const hits = this.#pool.match(request.blocks, Math.floor((known - 1) / blockTokens));
    const missing = Math.ceil(known / blockTokens) - hits;
    if (missing > this.#pool.free - this.#pool.unusedAmong(request.blocks, hits)) return undefined;
    this.#waiting.take();
    this.#pool.share(request.blocks, hits, sequence.blocks);
    sequence.registered = hits;
    sequence.computed = hits * blockTokens;
    if (sequence.cachedTokens < 0) {
      sequence.cachedTokens = sequence.computed;
      this.#totals.prefixQueries += request.promptTokens;
      this.#totals.prefixHits += sequence.cachedTokens;
      events.push({ type: "started", id: request.id, cachedTokens: sequence.cachedTokens });
    }
    this.#running.push(sequence);
    return sequence;
  }

  /** Takes all space from the request that has the least right to it, among the running ones from `from` on. */
  #preempt(from: number, events: EngineEvent[]): void {
    let victim = this.#running.length - 1;
    for (let i = victim - 1; i >= from; i--) {
      const [one, worst] = [this.#running[i], this.#running[victim]];
      if (one && worst && this.#waiting.isBefore(worst, one)) victim = i;
    }
    const [sequence] = this.#running.splice(victim, 1);
    if (!sequence) return;
    this.#pool.release(sequence.blocks);
    sequence.computed = 0;
    sequence.registered = 0;
    this.#waiting.add(sequence);
    this.#totals.preemptions++;
    events.push({ type: "preempted", id: sequence.request.id });
  }

  /** The first `scheduled` running requests get what the step computed for them. */
  #complete(scheduled: number, events: EngineEvent[]): void {
    const running = this.#running;
    let kept = 0;
    for (let i = 0; i < running.length; i++) {
      const sequence = running[i];
      if (!sequence) continue;
      if (i < scheduled) {
        sequence.computed += sequence.scheduled;
        if (sequence.computed === sequence.known) this.#generate(sequence, events);
        if (sequence.generated === sequence.request.outputTokens) {
          this.#finish(sequence, events);
          continue;
        }
      }
      running[kept++] = sequence;
    }
    running.length = kept;
  }

  #generate(sequence: Sequence, events: EngineEvent[]): void {
    if (sequence.generated++ === 0) {
      this.#totals.promptTokens += sequence.request.promptTokens;
      this.#totals.cachedPromptTokens += sequence.cachedTokens;
    }
    this.#totals.generationTokens++;
    events.push(sequence.tokenEvent);
  }

  #finish(sequence: Sequence, events: EngineEvent[]): void {
    const { id } = sequence.request;
    this.#pool.release(sequence.blocks);
    this.#sequences.delete(id);
    this.#totals.finished++;
    events.push({ type: "finished", id });
  }
}
