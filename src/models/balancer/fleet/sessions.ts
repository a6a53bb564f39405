import { LRUCache } from "lru-cache";
import type { Clock } from "../../../core/clock.ts";
import type { Group } from "./groups.ts";
import type { Replica } from "./replica.ts";

/** What is remembered of one session. Only `Fleet` writes here. */
export class Session {
  readonly key: string;
  readonly group: Group | null;
  home: Replica | null = null;
  /** Whether it ever had a home. */
  isSettled = false;
  /** Tokens beyond the group's prompt after its last call. */
  privateTokens = 0;
  /** Body and prompt tokens of its last answered call: what the next one is estimated from. */
  last: { readonly bytes: number | null; readonly tokens: number } | null = null;
  inFlight = 0;
  answered = 0;

  constructor(key: string, group: Group | null) {
    this.key = key;
    this.group = group;
  }
}

export interface SessionLimits {
  /** Sessions remembered; beyond, the one that was idle longest is forgotten. Default 100,000. */
  readonly max: number;
  /** Milliseconds without a call after which a session is forgotten. Default 2 hours, as in vllm-router. */
  readonly ttlMs: number;
}

export const DEFAULT_SESSION_LIMITS: SessionLimits = { max: 100_000, ttlMs: 2 * 3_600_000 };

/** The sessions that are known: bounded in number and idle time. */
export class Sessions {
  readonly #table: LRUCache<string, Session>;

  /** `onForgotten` is called once for every session that leaves, for whatever reason. */
  constructor({ max, ttlMs }: SessionLimits, clock: Clock, onForgotten: (session: Session) => void) {
    this.#table = new LRUCache({
      max,
      ttl: ttlMs,
      ttlResolution: 0,
      updateAgeOnGet: true,
      perf: { now: () => clock.monotonic() },
      disposeAfter: (session) => onForgotten(session),
    });
  }

  get size(): number {
    return this.#table.size;
  }

  get(key: string): Session | undefined {
    return this.#table.get(key);
  }

  add(session: Session): void {
    this.#table.set(session.key, session);
  }

  delete(key: string): void {
    this.#table.delete(key);
  }

  /** Forgets what has been idle too long. Looks at all of them. */
  sweep(): void {
    this.#table.purgeStale();
  }
}
