import type { CallContext } from "../../core/context.ts";
import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";
import { utf8Text } from "../../core/json/parse.ts";
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
  readonly logger: Logger;
}

/** Weight updates over a fleet: new calls wait from `pause` to `resume`, and none fails for it. */
export class WeightUpdates {
  readonly #options: WeightUpdatesOptions;
  #isPaused = false;

  constructor(options: WeightUpdatesOptions) {
    this.#options = options;
  }

  /** Pauses every replica, all at once, and clears its caches: what old weights computed is no prefix for new ones. */
  pause(ctx: CallContext, mode: PauseMode): Promise<ReplicaResult[]> {
    const { balancer } = this.#options;
    this.#isPaused = true;
    return this.#onAll(async (replica, admin) => {
      balancer.pause(replica);
      await order(ctx, admin, `/pause?mode=${mode}&clear_cache=true`);
    });
  }

  /**
   * Ends the update: calls go on. A replica that does not resume, and those in `failed`, have old weights: they get no
   * rollouts for training until the next update. Throws `invalid_request` for a replica in `failed` that is not known.
   */
  async resume(
    ctx: CallContext,
    { weightVersion, failed = [] }: { weightVersion?: string | undefined; failed?: readonly string[] | undefined },
  ): Promise<ReplicaResult[]> {
    const { balancer, members } = this.#options;
    const unknown = failed.findIndex((id) => !members.ids.includes(id));
    if (unknown >= 0) {
      const field = {
        field: `failed[${unknown}]`,
        problem: `is no replica of this fleet; it has ${members.ids.join(", ")}`,
      };
      throw new SandlotError("invalid_request", { fields: [field] });
    }
    this.#isPaused = false;
    const version = weightVersion === undefined ? {} : { weightVersion };
    return this.#onAll(async (replica, admin) => {
      if (failed.includes(replica)) balancer.resume(replica, { isStale: true });
      try {
        await order(ctx, admin, "/resume");
      } catch (error) {
        balancer.resume(replica, { isStale: true });
        throw error;
      }
      if (!failed.includes(replica)) balancer.resume(replica, version);
    });
  }

  /** A replica that joins meanwhile waits for the end of the update like the others. */
  joined(replica: string): void {
    if (this.#isPaused) this.#options.balancer.pause(replica);
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

async function order(ctx: CallContext, admin: Engine, path: string): Promise<void> {
  const sent = await admin.post(ctx, admin.root(path), "");
  if (sent.kind === "failed") throw sent.error;
  if (sent.status >= 200 && sent.status <= 299) return;
  const detail = `${path} answers ${sent.status}: ${utf8Text(sent.body).slice(0, 300)}`;
  throw new SandlotError("model_rejected", { model: admin.name, detail, status: sent.status });
}
