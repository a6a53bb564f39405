import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { GatewaySession, type GatewaySessionOptions } from "./session.ts";

/** Bits of a session's token: 192. */
const TOKEN_BYTES = 24;
const SWEEP_MS = 60_000;

export interface GatewaySessionsOptions {
  readonly clock: Clock;
  /** Sessions at once; more are refused with `overloaded`. Default 20,000. */
  readonly maxSessions?: number | undefined;
}

/** The sessions of one gateway. Only hashes of their tokens are kept. */
export class GatewaySessions {
  readonly #clock: Clock;
  readonly #maxSessions: number;
  readonly #byToken = new Map<string, GatewaySession>();
  readonly #byId = new Map<string, GatewaySession>();
  #cancelSweep: () => void = () => undefined;

  constructor({ clock, maxSessions = 20_000 }: GatewaySessionsOptions) {
    this.#clock = clock;
    this.#maxSessions = maxSessions;
    this.#sweepLater();
  }

  /** Opens a session; its token is given out here and never again. */
  open(options: GatewaySessionOptions): { readonly session: GatewaySession; readonly token: string } {
    this.#sweep();
    if (this.#byId.size >= this.#maxSessions)
      throw new SandlotError("overloaded", { resource: "model sessions", retry_after: 60 });
    const session = new GatewaySession(options);
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    this.#byToken.set(hashOf(token), session);
    this.#byId.set(session.id, session);
    return { session, token };
  }

  /** The session of a token; null where there is none, or it has ended. */
  find(token: string): GatewaySession | null {
    const session = this.#byToken.get(hashOf(token));
    if (!session || session.isEnded) return null;
    if (session.bounds.expiresAt > this.#clock.now()) return session;
    session.end();
    return null;
  }

  get(id: string): GatewaySession | null {
    return this.#byId.get(id) ?? null;
  }

  /** Ends a session and forgets what it captured. */
  remove(id: string): void {
    this.#byId.get(id)?.end();
    this.#byId.delete(id);
    for (const [hash, session] of this.#byToken) if (session.id === id) this.#byToken.delete(hash);
  }

  close(): void {
    this.#cancelSweep();
    for (const id of this.#byId.keys()) this.remove(id);
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const [id, { bounds }] of this.#byId) if (bounds.expiresAt <= now) this.remove(id);
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
