import { type Clock, sleep } from "../../core/clock.ts";
import { type CallContext, whilePaused, withScope } from "../../core/context.ts";
import type { Balancer, CallFacts, CallUsage, Lease } from "../balancer/index.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Failed } from "../dialects/fault.ts";
import type { CallObserver } from "../metrics/observers.ts";
import type { Engine } from "../upstream/engine.ts";
import { retryWait } from "../upstream/retry-wait.ts";
import type { CallSite, Served, Upstream, Used } from "../upstream/upstream.ts";
import { fateOf, isDeferred, isEngineFailure, isRaced } from "./fate.ts";
import { leaseOf } from "./lease.ts";
import type { Members } from "./members.ts";

export interface FleetOptions {
  readonly name: string;
  readonly balancer: Balancer;
  readonly members: Members;
  /** Further tries of one call that was sent, elsewhere where there is an elsewhere. Default 2. */
  readonly retries?: number | undefined;
  /** Longest wait for a replica, milliseconds. Default 600,000. */
  readonly queueTimeoutMs?: number | undefined;
  readonly observer?: CallObserver | undefined;
  readonly clock: Clock;
  /** Numbers in [0, 1) that spread retries. */
  readonly random: () => number;
}

/** Replicas that may fail by themselves on one request; beyond, the request is what fails them. */
const POISONED = 2;
/** Tries that do not count, on the way of one call: nothing was sent, or the engine was told to abort it. */
const MAX_FREE = 16;
const DEFAULT_RETRIES = 2;
const DEFAULT_QUEUE_TIMEOUT_MS = 600_000;

/** An upstream of many replicas: the balancer says where a call goes, and where it goes when a replica fails it. */
export class Fleet implements Upstream {
  readonly #options: FleetOptions;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  async call<T>(
    ctx: CallContext,
    site: CallSite,
    use: (ctx: CallContext, engine: Engine) => Promise<Used<T>>,
  ): Promise<Served<T>> {
    const { name, balancer, observer, clock } = this.#options;
    const failures = new Failures(this.#options);
    for (;;) {
      const asked = clock.monotonic();
      const facts = this.#facts(ctx, site, failures.avoid);
      const lease = await whilePaused(ctx, () => leaseOf(ctx, name, balancer, facts));
      observer?.placed(lease.reason, clock.monotonic() - asked);
      const used = await this.#use(ctx, lease, use);
      if (used.kind === "done") {
        const usage = usageOf(used.usage);
        const after = lease.release(usage);
        observer?.ended(lease.replica, "answered", usage);
        const weights = { before: lease.weightVersion, after, isUpdated: lease.isUpdated };
        return { value: used.value, replica: lease.replica, weights, tries: failures.sent + 1 };
      }
      if (used.kind === "unfit") {
        lease.fail("neutral");
        observer?.ended(lease.replica, "unfit", null);
        continue;
      }
      lease.fail(fateOf(used).fault);
      observer?.ended(lease.replica, used.error.code, null);
      await failures.next(ctx, lease, used);
    }
  }

  finish(session: string): void {
    this.#options.balancer.finish(session);
  }

  async close(): Promise<void> {
    this.#options.balancer.close();
    await this.#options.members.close();
  }

  /** A lease is ended in any case, also when the context ends or `use` throws. */
  async #use<T>(
    ctx: CallContext,
    lease: Lease,
    use: (ctx: CallContext, engine: Engine) => Promise<Used<T>>,
  ): Promise<Used<T>> {
    const engine = this.#options.members.engine(lease.replica);
    const revoked = new AbortController();
    lease.onRevoked(() => revoked.abort());
    try {
      return await withScope(ctx, { clock: this.#options.clock, until: revoked.signal }, (scope) => use(scope, engine));
    } catch (error) {
      if (!lease.isRevoked || ctx.signal.aborted) {
        lease.fail("neutral");
        this.#options.observer?.ended(lease.replica, SandlotError.from(error).code, null);
        throw error;
      }
      const dead = engine.fault("model_unreachable", `replica ${lease.replica} was found dead`);
      return { kind: "failed", error: dead, repeatable: false };
    }
  }

  #facts(ctx: CallContext, site: CallSite, avoid: readonly string[]): CallFacts {
    const { clock, members, queueTimeoutMs = DEFAULT_QUEUE_TIMEOUT_MS } = this.#options;
    const { caller, bytes, continued, exact } = site;
    return {
      ...(caller ? { session: caller.session } : {}),
      ...(caller?.group ? { group: caller.group } : {}),
      size: { bytes },
      continued,
      deadline: clock.monotonic() + Math.min(queueTimeoutMs, ctx.deadline - clock.now()),
      avoid,
      // First turns, too: the session would have to move at its second.
      ...(exact ? { unfit: members.textOnly(clock.now()) } : {}),
    };
  }
}

/** What has failed on the way of one call. */
class Failures {
  readonly #options: FleetOptions;
  /** Replicas that have failed the call, in order. */
  readonly #avoid: string[] = [];
  /** Those whose engines fell over it. */
  readonly #broken = new Set<string>();
  #last: string | null = null;
  #free = 0;
  #waits = 0;
  /** Whose connection was gone as the call went out. */
  #raced: string | null = null;
  sent = 0;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  get avoid(): readonly string[] {
    return this.#avoid;
  }

  /** Returns when the call may be sent again; throws the failure that stands. */
  async next(ctx: CallContext, { replica }: Lease, failed: Failed): Promise<void> {
    const { retries = DEFAULT_RETRIES } = this.#options;
    const { code } = failed.error;
    // Once, and not where the replica is gone as well: the call may be what kills it.
    const isRace = isRaced(failed) && this.#raced === null;
    const isGone = failed.unsent === true && this.#raced === replica;
    if (isRace) this.#raced = replica;
    // Aborted for a weight update or a shutdown: not the replica's doing, and it may have the update behind it soon.
    const isAborted = code === "model_aborted";
    const isFree = isAborted || isRace || (failed.unsent === true && !isGone) || isDeferred(failed);
    if (isFree) this.#free++;
    else this.sent++;
    if (isEngineFailure(failed)) this.#broken.add(replica);
    const isPoison = this.#broken.size >= POISONED && isEngineFailure(failed);
    if (!fateOf(failed).elsewhere || isPoison || this.sent > retries || this.#free > MAX_FREE) throw failed.error;

    const isAgain = this.#last === replica || this.#avoid.includes(replica);
    this.#last = replica;
    if (isRace) return;
    if (!isAborted && !this.#avoid.includes(replica)) this.#avoid.push(replica);
    // A replica that is new to the call is asked at once. The same again, when there is no other, gets time.
    if (isAgain) await this.#wait(ctx, failed);
  }

  async #wait(ctx: CallContext, failed: Failed): Promise<void> {
    const { retries = DEFAULT_RETRIES, clock, random } = this.#options;
    const situation = { tries: ++this.#waits, retries: retries + MAX_FREE, remainingMs: ctx.deadline - clock.now() };
    const wait = retryWait({ ...failed, repeatable: true }, { ...situation, maxWaitMs: 60_000, random: random() });
    if (wait === null) throw failed.error;
    await whilePaused(ctx, () => sleep(clock, wait, ctx.signal));
  }
}

function usageOf(usage: { readonly input_tokens: number; readonly output_tokens: number } | null): CallUsage | null {
  return usage && { promptTokens: usage.input_tokens, completionTokens: usage.output_tokens };
}
