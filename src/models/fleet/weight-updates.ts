import { z } from "zod";
import type { Clock } from "../../core/clock.ts";
import { type CallContext, withScope } from "../../core/context.ts";
import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";
import { parseJson } from "../../core/json/parse.ts";
import type { Logger } from "../../core/logger.ts";
import type { Balancer } from "../balancer/index.ts";
import type { Engine } from "../upstream/engine.ts";
import type { Members } from "./members.ts";

/**
 * What becomes of calls in flight when engines pause, in vLLM's words: `wait` lets them finish, `keep` freezes them, to go on
 * with the new weights, `abort` ends them; they are sent again, from their beginning, after the update.
 */
export type PauseMode = "wait" | "keep" | "abort";

/** What came of an order to one replica; `problem` is null where it was followed. */
export interface ReplicaResult {
  readonly replica: string;
  readonly problem: string | null;
}

interface WeightUpdatesOptions {
  readonly balancer: Balancer;
  readonly members: Members;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Longest wait for a replica to pause, milliseconds. Default 300,000, as in prime-rl. */
  readonly pauseTimeoutMs?: number | undefined;
}

const PAUSE_TIMEOUT_MS = 300_000;
/** A replica that is known to be dead gets as long as a probe. */
const DEAD_TIMEOUT_MS = 2_000;
/** Resuming and telling a version wait for nothing. */
const RESUME_TIMEOUT_MS = 10_000;

const WeightInfo = z.looseObject({ weight_version: z.union([z.string(), z.number()]) });

/** How long an order is waited for; `until` ends the wait, too. */
interface Limit {
  readonly timeoutMs: number;
  readonly until?: AbortSignal;
}

/** Weight updates over a fleet: new calls wait from `pause` to `resume`, and none fails for it. */
export class WeightUpdates {
  readonly #options: WeightUpdatesOptions;
  /** Replicas that did not pause for the update that goes on. */
  readonly #unpaused = new Set<string>();
  /** Ends pauses that are still waited for when the update ends; null outside updates. */
  #pausing: AbortController | null = null;
  /** Whether an update has named a version: from then on, a fresh engine has old weights. */
  #isUpdated = false;

  constructor(options: WeightUpdatesOptions) {
    this.#options = options;
  }

  /**
   * Pauses every replica, all at once, clears its caches, and says which did: what old weights computed is no prefix for new ones.
   * Those that did not in time get no new calls either. May be repeated.
   */
  pause(ctx: CallContext, mode: PauseMode, timeoutMs?: number): Promise<ReplicaResult[]> {
    const { balancer, pauseTimeoutMs = PAUSE_TIMEOUT_MS } = this.#options;
    const limitOf = this.#limits(timeoutMs ?? pauseTimeoutMs);
    const { signal } = (this.#pausing ??= new AbortController());
    return this.#onAll(async (replica, admin) => {
      const limit = { timeoutMs: limitOf(replica), until: signal };
      this.#unpaused.add(replica);
      balancer.pause(replica);
      await this.#order(ctx, limit, admin, `/pause?mode=${mode}&clear_cache=true`);
      this.#unpaused.delete(replica);
    });
  }

  /**
   * Ends the update: calls go on. No rollouts for training go, until the next update, to a replica in `failed`, to one that does
   * not resume, and to one that did not pause, unless its engine says that it has the new version. Throws `invalid_request` for
   * a replica in `failed` that is not known.
   */
  async resume(
    ctx: CallContext,
    { weightVersion, failed = [] }: { weightVersion?: string | undefined; failed?: readonly string[] | undefined },
  ): Promise<ReplicaResult[]> {
    const { balancer } = this.#options;
    this.#checkKnown(failed);
    const unpaused = new Set(this.#unpaused);
    this.#unpaused.clear();
    this.#pausing?.abort(new SandlotError("cancelled", { detail: "the weight update has ended" }));
    this.#pausing = null;
    const limitOf = this.#limits(RESUME_TIMEOUT_MS);
    this.#isUpdated ||= weightVersion !== undefined;
    const version = weightVersion === undefined ? {} : { weightVersion };
    return this.#onAll(async (replica, admin) => {
      const isFailed = failed.includes(replica);
      if (isFailed) balancer.resume(replica, { isStale: true });
      try {
        await this.#order(ctx, { timeoutMs: limitOf(replica) }, admin, "/resume");
        if (!isFailed && unpaused.has(replica)) await this.#checkVersion(ctx, admin, weightVersion);
      } catch (error) {
        balancer.resume(replica, { isStale: true });
        throw error;
      }
      if (!isFailed) balancer.resume(replica, version);
    });
  }

  /** A replica that joins meanwhile waits for the end of the update like the others. */
  joined(replica: string): void {
    if (!this.#pausing) return;
    this.#unpaused.add(replica);
    this.#options.balancer.pause(replica);
  }

  /** An engine that was started anew has the weights it was started with: stale, once there was an update. */
  restarted(replica: string): void {
    const { balancer, logger } = this.#options;
    if (this.#pausing) this.#unpaused.add(replica);
    else if (this.#isUpdated) {
      logger.warn({ replica }, "an engine was started anew and has lost its weight update: no rollouts until the next");
      balancer.resume(replica, { isStale: true });
    }
  }

  #checkKnown(failed: readonly string[]): void {
    const { ids } = this.#options.members;
    const unknown = failed.findIndex((id) => !ids.includes(id));
    if (unknown < 0) return;
    const problem = `is no replica of this fleet; it has ${ids.join(", ")}`;
    throw new SandlotError("invalid_request", { fields: [{ field: `failed[${unknown}]`, problem }] });
  }

  /** Throws unless the engine itself says that it generates with this version. */
  async #checkVersion(ctx: CallContext, admin: Engine, version: string | undefined): Promise<void> {
    const sent = await this.#within(ctx, { timeoutMs: RESUME_TIMEOUT_MS }, admin, (scope) =>
      admin.get(scope, admin.root("/weight_info")),
    );
    const said = sent.kind === "exchanged" && sent.status === 200 ? Buffer.from(sent.body).toString("utf8") : "{}";
    const info = WeightInfo.safeParse(parseJson(said)).data;
    if (version !== undefined && String(info?.weight_version) === version) return;
    const has = info ? `has ${info.weight_version}` : "does not say what it has";
    const detail = `it did not pause, and its engine ${has}: taken for not updated`;
    throw admin.fault("model_rejected", detail);
  }

  async #order(ctx: CallContext, limit: Limit, admin: Engine, path: string): Promise<void> {
    const sent = await this.#within(ctx, limit, admin, (scope) => admin.post(scope, admin.root(path), ""));
    if (sent.kind === "failed") throw sent.error;
    const { status, body } = sent;
    if (status >= 200 && status <= 299) return;
    throw admin.fault("model_rejected", `${path} answers ${status}: ${Buffer.from(body).toString("utf8")}`, { status });
  }

  #within<T>(ctx: CallContext, limit: Limit, { name }: Engine, work: (ctx: CallContext) => Promise<T>): Promise<T> {
    const waitingFor = `a replica of ${name}, for ${limit.timeoutMs / 1000} s`;
    return withScope(ctx, { ...limit, clock: this.#options.clock, waitingFor }, work);
  }

  /** Of each replica; taken as a step of the update begins. */
  #limits(timeoutMs: number): (replica: string) => number {
    const { replicas } = this.#options.balancer.snapshot();
    const dead = new Set(replicas.filter(({ state }) => state === "dead").map(({ id }) => id));
    return (replica) => (dead.has(replica) ? Math.min(timeoutMs, DEAD_TIMEOUT_MS) : timeoutMs);
  }

  #onAll(act: (replica: string, admin: Engine) => Promise<void>): Promise<ReplicaResult[]> {
    const { members, logger } = this.#options;
    return Promise.all(
      members.ids.map(async (replica) => {
        try {
          await act(replica, members.admin(replica));
          return { replica, problem: null };
        } catch (error) {
          logger.warn({ replica, problem: messageOf(error) }, "a replica does not follow a weight update");
          return { replica, problem: messageOf(error) };
        }
      }),
    );
  }
}
