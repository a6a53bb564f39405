import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import { SessionsMemory } from "./memory.ts";
import { GatewaySession, type GatewaySessionOptions } from "./session.ts";

/** Bits of a session's token: 192. */
const TOKEN_BYTES = 24;
const SWEEP_MS = 15_000;
/** An answer with samples may get lost on its way, and is asked for again. */
const FETCHED_MS = 300_000;

/** What the sessions of a gateway may take. */
export interface SessionLimits {
  /** Sessions at once that have not ended; more are refused with `overloaded`. Default 20,000. */
  readonly sessions?: number | undefined;
  /** Memory of all sessions, those that have ended included. Default 2 GiB: half of what V8 takes. */
  readonly bytes?: number | undefined;
  /** How long an ended session waits for its samples to be fetched. Default an hour. */
  readonly retentionMs?: number | undefined;
}

export interface GatewaySessionsOptions extends SessionLimits {
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Open {
  readonly session: GatewaySession;
  /** Hash of its token. */
  readonly hash: string;
}

/**
 * The sessions of one gateway. Only hashes of their tokens are kept. One that has ended keeps what it captured until its samples were
 * fetched (and five minutes more), or for the retention time; where memory runs out, the ended ones make room, those first that were
 * fetched, then the oldest.
 */
export class GatewaySessions {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #limits: Required<{ [Limit in keyof SessionLimits]: number }>;
  readonly #memory: SessionsMemory;
  readonly #byToken = new Map<string, GatewaySession>();
  readonly #open = new Map<string, Open>();
  /** With the time when they ended, the earliest first. */
  readonly #ended = new Map<string, { readonly session: GatewaySession; readonly since: number }>();
  /** Ended ones whose samples were fetched, with the time when they were, the earliest first. */
  readonly #fetched = new Map<string, { readonly session: GatewaySession; readonly since: number }>();
  #cancelSweep: () => void = () => undefined;

  constructor({ clock, logger, sessions, bytes, retentionMs }: GatewaySessionsOptions) {
    this.#clock = clock;
    this.#logger = logger;
    this.#limits = { sessions: sessions ?? 20_000, bytes: bytes ?? 2 ** 31, retentionMs: retentionMs ?? 3_600_000 };
    this.#memory = new SessionsMemory(this.#limits.bytes, () => this.#makeRoom());
    this.#sweepLater();
  }

  /** Opens a session; its token is given out here and never again. Throws `overloaded`. */
  open(options: Omit<GatewaySessionOptions, "memory">): { readonly session: GatewaySession; readonly token: string } {
    if (this.#open.size >= this.#limits.sessions) this.#sweep();
    if (this.#open.size >= this.#limits.sessions)
      throw new SandlotError("overloaded", { resource: "model sessions", retry_after: 60 });
    this.#memory.admit();
    const session = new GatewaySession({ ...options, memory: this.#memory });
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    const hash = hashOf(token);
    this.#byToken.set(hash, session);
    this.#open.set(session.id, { session, hash });
    return { session, token };
  }

  /** The session of a token; null where there is none, or it has ended. */
  find(token: string): GatewaySession | null {
    const session = this.#byToken.get(hashOf(token));
    return session && !this.#endIfDue(session) ? session : null;
  }

  get(id: string): GatewaySession | null {
    const open = this.#open.get(id)?.session;
    if (open) this.#endIfDue(open);
    return open ?? this.#ended.get(id)?.session ?? this.#fetched.get(id)?.session ?? null;
  }

  /** No more calls; what was captured stays for a while. Idempotent. */
  end(id: string): void {
    const open = this.#open.get(id);
    if (!open) return;
    open.session.end();
    this.#open.delete(id);
    this.#byToken.delete(open.hash);
    this.#ended.set(id, { session: open.session, since: this.#clock.now() });
  }

  /** Somebody has all samples of a session: once it has ended, it need not be kept for long. */
  fetched(id: string): void {
    const ended = this.#ended.get(id);
    if (!ended) return;
    this.#ended.delete(id);
    this.#fetched.set(id, { session: ended.session, since: this.#clock.now() });
  }

  /** Ends a session and forgets what it captured. Idempotent. */
  remove(id: string): void {
    this.end(id);
    const session = this.get(id);
    this.#ended.delete(id);
    this.#fetched.delete(id);
    session?.release();
  }

  close(): void {
    this.#cancelSweep();
    for (const ids of [this.#open, this.#ended, this.#fetched]) for (const id of ids.keys()) this.remove(id);
  }

  #endIfDue({ id, bounds }: GatewaySession): boolean {
    const isDue = bounds.expiresAt <= this.#clock.now();
    if (isDue) this.end(id);
    return isDue;
  }

  #makeRoom(): void {
    for (const id of this.#fetched.keys()) {
      if (!this.#memory.isFull) return;
      this.remove(id);
    }
    for (const [id, { session }] of this.#ended) {
      if (!this.#memory.isFull) return;
      this.#logger.warn(
        { session_id: id, calls: session.calls },
        "an ended session had to make room, its samples unread",
      );
      this.remove(id);
    }
  }

  #sweep(): void {
    for (const { session } of this.#open.values()) this.#endIfDue(session);
    this.#dropBefore(this.#fetched, this.#clock.now() - FETCHED_MS);
    this.#dropBefore(this.#ended, this.#clock.now() - this.#limits.retentionMs);
  }

  #dropBefore(sessions: ReadonlyMap<string, { readonly since: number }>, time: number): void {
    for (const [id, { since }] of sessions) {
      if (since > time) return;
      this.remove(id);
    }
  }

  #sweepLater(): void {
    this.#cancelSweep = this.#clock.after(SWEEP_MS, () => {
      this.#sweep();
      this.#sweepLater();
    });
  }
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
