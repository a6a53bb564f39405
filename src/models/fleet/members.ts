import type { Clock } from "../../core/clock.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import type { Balancer, MemberSpec } from "../balancer/index.ts";
import { parseBaseUrl } from "../upstream/base-url.ts";
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
  /** A replica's engine was started anew. */
  readonly onRestart: (id: string) => void;
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
  #generation = -1;
  /** The members of the generation, to tell them from others. */
  #list = "";
  #stopTicking: (() => void) | null = null;

  constructor(options: MembersOptions) {
    this.#options = options;
  }

  /**
   * Replaces the membership as a whole; see `Balancer.setMembers`. All or nothing: a list that is refused opens nothing. Throws
   * `invalid_config` for a URL it can't use, and `invalid_request` also for another list under the generation that is known.
   */
  set(generation: number, members: readonly Member[]): void {
    const { balancer, engine, clock } = this.#options;
    const list = JSON.stringify(members.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
    if (generation === this.#generation) {
      if (list !== this.#list) throw refused("generation", `${generation} is known with other replicas`);
      return;
    }
    const unknown = members.filter((member, at) => !this.#isKnown(member, at));
    for (const { url } of unknown) parseBaseUrl(engine.name, url);
    const specs = members.map(({ url: _url, apiKey: _key, ...spec }) => spec);
    balancer.setMembers({ generation, members: specs });
    this.#generation = generation;
    this.#list = list;
    for (const member of unknown) this.#running.set(member.id, this.#open(member));
    this.#stopTicking ??= every(clock, TICK_MS, () => this.#tick());
  }

  get ids(): readonly string[] {
    return [...this.#running.keys()];
  }

  /** Replicas that are known to have no routes from token ids. */
  textOnly(now: number): readonly string[] {
    const found: string[] = [];
    for (const [id, { engine }] of this.#running) if (engine.notes.textOnlyUntil > now) found.push(id);
    return found;
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
    this.#stopTicking?.();
    await Promise.all([...this.#running.values()].map(stop));
    this.#running.clear();
  }

  #isKnown({ id, url, apiKey }: Member, at: number): boolean {
    const known = this.#running.get(id)?.member;
    if (!known) return false;
    if (known.url === url && known.apiKey === apiKey) return true;
    throw refused(`replicas[${at}].url`, `${id} is known at another address, or with another key; give it another id`);
  }

  #open(member: Member): Running {
    const { balancer, engine: common, model, clock, logger, everyMs, onRestart } = this.#options;
    const { id, url, apiKey = common.apiKey } = member;
    const own = { ...common, url, apiKey };
    const engine = createEngine(own, clock);
    const admin = createEngine({ ...own, connections: ADMIN_CONNECTIONS, timeoutMs: ADMIN_TIMEOUT_MS }, clock);
    const watch = new Watch({ id, url, apiKey, model, balancer, clock, logger, everyMs, onRestart });
    return { member, engine, admin, watch };
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

/** Fields are named as whoever keeps the membership writes them. */
function refused(field: string, problem: string): SandlotError {
  return new SandlotError("invalid_request", { fields: [{ field, problem }] });
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
