import { type Clock, sleep } from "../../core/clock.ts";
import { rootContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import type { Claim, ClaimedRollout, Store } from "../../store/port.ts";
import type { Admission } from "../admission/index.ts";
import type { Signals } from "../signals.ts";
import { cancelledError, claimKey, leaseLostError, Leases } from "./leases.ts";
import { RolloutPlayer, type RolloutPlayerOptions } from "./rollout-player.ts";

export interface WorkerOptions extends Omit<RolloutPlayerOptions, "over"> {
  /** Id under which leases are held; never used again by another process. */
  readonly worker: string;
  readonly store: Store;
  readonly signals: Signals;
  readonly admission: Admission;
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Work that nobody tells of, such as retries that are due, is looked for so often. */
const IDLE_POLL_MS = 1_000;
/** Places that become free close together are filled together. While nothing is found, the time between two looks doubles up to the second. */
const GATHER_MS = [20, 320] as const;
/** Claims of one release: each locks its job's row. */
const RELEASED_AT_ONCE = 1_000;

interface Active {
  readonly claim: Claim;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

interface Claimed {
  readonly asked: number;
  readonly got: number;
  readonly isLate: boolean;
}

type News = "work" | "place" | "time";

/** Claims rollouts under leases, plays them, and records how they ended. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #player: RolloutPlayer;
  readonly #leases: Leases;
  /** By claim: after a lost lease the same rollout may be claimed anew while its former attempt still ends. */
  readonly #active = new Map<string, Active>();
  readonly #stops: (() => void)[] = [];
  readonly #stopping = new AbortController();
  /** Of a stop whose grace is over. */
  readonly #over = new AbortController();
  /** Rollouts in flight by model. */
  readonly #ofModel = new Map<string, number>();
  #wake: (news: News) => void = () => undefined;
  #loop: Promise<void> | null = null;

  constructor(options: WorkerOptions) {
    const { store, worker, leaseMs, clock, logger } = options;
    this.#options = options;
    this.#player = new RolloutPlayer({ ...options, over: this.#over.signal });
    this.#leases = new Leases({
      queue: store.queue,
      worker,
      leaseMs,
      active: () => Array.from(this.#active.values(), ({ claim }) => claimedOf(claim)),
      abort: (rollout, reason) => this.#active.get(claimKey(rollout))?.controller.abort(reason),
      clock,
      logger,
    });
  }

  get activeRollouts(): number {
    return this.#active.size;
  }

  start(): void {
    const { signals } = this.#options;
    this.#stops.push(signals.onWork(() => this.#wake("work")));
    this.#stops.push(signals.onCancel((jobId) => this.#cancelJob(jobId)));
    this.#leases.start();
    this.#loop = this.#claimLoop();
  }

  /** Takes no more work, waits for what runs, and after `graceMs` hands the rest back to the queue. */
  async stop(graceMs: number): Promise<void> {
    const { clock, signals } = this.#options;
    this.#stopping.abort();
    this.#wake("time");
    await this.#loop;
    const running = Array.from(this.#active.values());
    await Promise.race([Promise.all(running.map((active) => active.done)), sleep(clock, graceMs)]);
    for (const stop of this.#stops.splice(0)) stop();
    this.#over.abort();
    const left = Array.from(this.#active.values());
    for (const { controller } of left)
      controller.abort(new SandlotError("shutting_down", { detail: "the worker is stopping" }));
    await Promise.all(left.map((active) => active.done));
    await this.#leases.stop();
    if (left.length === 0) return;
    await this.#release(left.map((active) => active.claim));
    // Other workers need not wait for their next look.
    signals.work();
  }

  async #release(claims: readonly Claim[]): Promise<void> {
    const { store, logger } = this.#options;
    for (let start = 0; start < claims.length; start += RELEASED_AT_ONCE)
      await store.queue.release(rootContext({ logger }), claims.slice(start, start + RELEASED_AT_ONCE));
  }

  async #claimLoop(): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#stopping;
    const [shortest, longest] = GATHER_MS;
    let gather: number = shortest;
    while (!signal.aborted) {
      const news = this.#news();
      let claimed: Claimed = { asked: 0, got: 0, isLate: false };
      try {
        claimed = await this.#claim();
      } catch (error) {
        logger.error({ error: SandlotError.from(error).report() }, "rollouts could not be claimed");
      }
      const { asked, got, isLate } = claimed;
      const isMore = got > 0 && got === asked;
      if (isMore && !isLate) continue;
      gather = asked > 0 && got === 0 ? Math.min(2 * gather, longest) : shortest;
      if (!isMore && (await news) === "work") gather = shortest;
      await sleep(clock, gather, signal).catch(() => undefined);
    }
  }

  async #claim(): Promise<Claimed> {
    const { store, worker, leaseMs, admission, logger } = this.#options;
    const { limit, rooms, closed, isLate } = admission.room(this.#active.size, this.#ofModel);
    if (limit === 0) return { asked: 0, got: 0, isLate };
    const claims = await store.queue.claim(rootContext({ logger }), { worker, limit, leaseMs, rooms, closed });
    this.#giveUpFormer(claims);
    for (const claim of claims) this.#start(claim);
    return { asked: limit, got: claims.length, isLate };
  }

  /** Resolves when a place has become free, when work was queued, or when it is time to look again. */
  #news(): Promise<News> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(IDLE_POLL_MS, () => resolve("time"));
      this.#wake = (news) => {
        cancel();
        resolve(news);
      };
    });
  }

  #start(claim: Claim): void {
    const controller = new AbortController();
    const { rollout, job } = claim;
    this.#count(job.model, 1);
    const done = this.#player
      .play(claim, controller.signal)
      .catch((error: unknown) => {
        const report = SandlotError.from(error).report();
        this.#options.logger.error({ rollout_id: rollout.id, error: report }, "a rollout was given up");
      })
      .finally(() => this.#ended(claim));
    this.#active.set(claimKey(claimedOf(claim)), { claim, controller, done });
  }

  /** Attempts whose rollouts could be claimed again have lost their leases: they end now, and not with the next renewal. */
  #giveUpFormer(claims: readonly Claim[]): void {
    const again = new Set(claims.map(({ rollout }) => rollout.id));
    for (const { claim, controller } of this.#active.values())
      if (again.has(claim.rollout.id)) controller.abort(leaseLostError(claim.rollout.id));
  }

  #ended(claim: Claim): void {
    const { signals } = this.#options;
    const { job } = claim;
    this.#active.delete(claimKey(claimedOf(claim)));
    this.#count(job.model, -1);
    signals.progress(job.id);
    this.#wake("place");
  }

  #count(model: string, change: 1 | -1): void {
    const count = (this.#ofModel.get(model) ?? 0) + change;
    if (count > 0) this.#ofModel.set(model, count);
    else this.#ofModel.delete(model);
  }

  #cancelJob(jobId: string): void {
    for (const { claim, controller } of this.#active.values())
      if (claim.job.id === jobId) controller.abort(cancelledError());
  }
}

function claimedOf({ rollout, fence }: Claim): ClaimedRollout {
  return { id: rollout.id, fence };
}
