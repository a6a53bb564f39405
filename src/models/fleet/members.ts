import type { Clock } from "../../core/clock.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import type { Balancer, MemberSpec } from "../balancer/index.ts";
import { createEngine, type Engine, type EngineOptions } from "../upstream/engine.ts";
import { Watch } from "./watch.ts";

/** A replica: where it is, and what the balancer is to know of it. */
export interface Member extends MemberSpec {
  /** Base URL. `/v1` is added when no segment of the path is a version. */
  readonly url: string;
  /** Its key where it differs from the fleet's. */
  readonly apiKey?: string | undefined;
}

export interface MembersOptions {
  readonly engine: Omit<EngineOptions, "url">;
  /** The name that each replica has to list in `/v1/models`. */
  readonly model: string;
  readonly balancer: Balancer;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Pause between two looks at a replica, milliseconds. Default 2,000. */
  readonly everyMs?: number | undefined;
}

interface Running {
  readonly member: Member;
  readonly engine: Engine;
  /** Apart from the calls, so that no call in flight delays an order. */
  readonly admin: Engine;
  readonly watch: Watch;
}

/** The replicas of a fleet, each with its connections and a watch over its health. */
export class Members {
  readonly #options: MembersOptions;
  readonly #running = new Map<string, Running>();
  readonly #stopTicking: () => void;

  constructor(options: MembersOptions) {
    this.#options = options;
    this.#stopTicking = every(options.clock, TICK_MS, () => this.#tick());
  }

  /** Replaces the membership as a whole; see `Balancer.setMembers`. Throws `invalid_config` for a URL it can't use. */
  set(generation: number, members: readonly Member[]): void {
    const { balancer, engine, model, clock, logger, everyMs } = this.#options;
    const specs = members.map(({ url: _url, apiKey: _key, ...spec }) => spec);
    const opened = members.flatMap((member) => {
      const known = this.#running.get(member.id);
      if (known?.member.url === member.url && known.member.apiKey === member.apiKey) return [];
      if (known) throw moved(member);
      const own = { ...engine, url: member.url, apiKey: member.apiKey ?? engine.apiKey };
      const admin = createEngine({ ...own, connections: ADMIN_CONNECTIONS, timeoutMs: ADMIN_TIMEOUT_MS }, clock);
      return [{ member, engine: createEngine(own, clock), admin, key: own.apiKey }];
    });
    try {
      balancer.setMembers({ generation, members: specs });
    } catch (error) {
      for (const unused of opened) void Promise.all([unused.engine.close(), unused.admin.close()]);
      throw error;
    }
    for (const { member, engine: made, admin, key } of opened) {
      const watched = { id: member.id, url: member.url, apiKey: key, model };
      const watch = new Watch({ ...watched, balancer, clock, logger, everyMs });
      this.#running.set(member.id, { member, engine: made, admin, watch });
    }
  }

  get ids(): readonly string[] {
    return [...this.#running.keys()];
  }

  /** Where calls to the replica go. Throws `not_found`. */
  engine(id: string): Engine {
    return this.#get(id).engine;
  }

  /** Where orders to it go. Throws `not_found`. */
  admin(id: string): Engine {
    return this.#get(id).admin;
  }

  async close(): Promise<void> {
    this.#stopTicking();
    await Promise.all([...this.#running.values()].map(stop));
    this.#running.clear();
  }

  #get(id: string): Running {
    const running = this.#running.get(id);
    if (!running) throw new SandlotError("not_found", { kind: "replica", id });
    return running;
  }

  #tick(): void {
    const { balancer } = this.#options;
    balancer.tick();
    const left = new Set(balancer.snapshot().replicas.map(({ id }) => id));
    for (const [id, running] of this.#running) {
      if (left.has(id)) continue;
      this.#running.delete(id);
      void stop(running);
    }
  }
}

const ADMIN_CONNECTIONS = 2;
/** Whoever orders has limits of his own. */
const ADMIN_TIMEOUT_MS = 24 * 3_600_000;
/** How often the balancer lets time have its effects, milliseconds. */
const TICK_MS = 250;

async function stop({ engine, admin, watch }: Running): Promise<void> {
  await Promise.all([engine.close(), admin.close(), watch.stop()]);
}

function moved({ id }: Member): SandlotError {
  const problem = `names replica ${id}, which is known at another address; give it another id`;
  return new SandlotError("invalid_request", { fields: [{ field: "members", problem }] });
}

function every(clock: Clock, ms: number, work: () => void): () => void {
  let cancel = () => undefined as void;
  const round = () => {
    cancel = clock.after(ms, () => {
      work();
      round();
    });
  };
  round();
  return () => cancel();
}
