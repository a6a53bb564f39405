import type { Clock } from "../../core/clock.ts";
import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { newId } from "../../core/ids.ts";
import type { Logger } from "../../core/logger.ts";
import { faultCause, sandboxLost, type SessionEnd } from "../../sandbox/index.ts";
import type { SessionView, UsedSession } from "../service.ts";
import type { OpenedSession } from "./open-session.ts";
import { QueueTimes } from "./queue-times.ts";

export interface LiveSessionInput {
  readonly tenant: string;
  readonly language: string;
  readonly image: string;
  readonly isolation: SessionView["isolation"];
  readonly opened: OpenedSession;
  readonly idleMs: number;
  readonly lifetimeMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called once, when its place is free again. */
  readonly onEnded: (session: LiveSession) => void;
}

/** Longest wait for a program to end; then its whole sandbox is given up. Milliseconds. */
const CLOSE_MS = 10_000;

/** Calls of one session that may wait for each other. */
const MAX_IN_USE = 64;
const RETRY_AFTER_SECONDS = 1;

/** One session from its opening until its place is free again. */
export class LiveSession {
  readonly tenant: string;
  readonly #input: LiveSessionInput;
  readonly #id = newId("session");
  readonly #openedAt: number;
  readonly #bornAt: number;
  #lastUsedAt: number;
  /** On the clock that never jumps. */
  #usedAt: number;
  #inUse = 0;
  #end: SessionEnd | null = null;
  #ending: Promise<void> | null = null;
  #cancelTimer: () => void = () => undefined;
  readonly #used: UsedSession;

  constructor(input: LiveSessionInput) {
    this.#input = input;
    this.#used = new QueueTimes(input.opened.session, input.clock);
    this.tenant = input.tenant;
    this.#openedAt = this.#lastUsedAt = input.clock.now();
    this.#bornAt = this.#usedAt = input.clock.monotonic();
    this.#watch();
    // Also when its sandbox goes. Not asked of the sandbox, which would remember every session that it has had.
    void input.opened.session.ended.then((end) => this.end(end));
  }

  get view(): SessionView {
    const { language, image, isolation, opened, lifetimeMs } = this.#input;
    const { sandbox } = opened.lease;
    return {
      id: this.#id,
      language,
      image,
      isolation,
      state: this.#end === null ? "open" : "ended",
      reason: this.#end?.reason ?? null,
      detail: this.#end?.detail ?? null,
      sandbox: { id: sandbox.id, provider: sandbox.provider, mode: sandbox.mode },
      openedAt: this.#openedAt,
      lastUsedAt: this.#lastUsedAt,
      expiresAt: this.#openedAt + lifetimeMs,
      times: { queueMs: opened.queueMs, claimMs: opened.claimMs, setupMs: opened.setupMs },
    };
  }

  /**
   * Runs `work` on the session. Whatever takes its state away, the program, its sandbox or time, throws `session_ended`
   * with the reason: with nothing to repeat, a fault of the sandbox is the session's end, not an error to try again.
   */
  async use<T>(ctx: CallContext, work: (session: UsedSession) => Promise<T>): Promise<T> {
    if (this.#end !== null) throw this.#endedError(this.#end);
    if (this.#inUse >= MAX_IN_USE)
      throw new SandlotError("quota_exceeded", { resource: "calls of the session", retry_after: RETRY_AFTER_SECONDS });
    this.#touch(1);
    try {
      return await work(this.#used);
    } catch (error) {
      if (ctx.signal.aborted) throw error;
      const cause = faultCause(error);
      if (cause !== null) void this.end(sandboxLost(cause, (error as Error).message), true);
      // The program's own end resolves a moment later than the call that saw it.
      else if (SandlotError.is(error, "session_ended")) void this.end(await this.#input.opened.session.ended);
      if (this.#end === null) throw error;
      throw this.#endedError(this.#end, error);
    } finally {
      this.#touch(-1);
    }
  }

  interrupt(): void {
    if (this.#end !== null) throw this.#endedError(this.#end);
    this.#input.opened.session.interrupt();
    this.#touch(0);
  }

  /** Ends it for the first reason that is given, and resolves when its place is free. */
  end(end: SessionEnd, discard = false): Promise<void> {
    this.#end ??= end;
    this.#ending ??= this.#giveBack(discard);
    return this.#ending;
  }

  async #giveBack(discard: boolean): Promise<void> {
    this.#cancelTimer();
    const { opened, onEnded } = this.#input;
    const closed = discard ? false : await this.#closeInTime();
    opened.lease.release({ discard: !closed });
    onEnded(this);
  }

  /** False when the program could not be ended, so that nobody may have its slot. */
  async #closeInTime(): Promise<boolean> {
    const { opened, clock, logger } = this.#input;
    try {
      return await new Promise<boolean>((resolve, reject) => {
        const cancel = clock.after(CLOSE_MS, () => resolve(false));
        opened.session
          .close()
          .then(() => resolve(true), reject)
          .finally(cancel);
      });
    } catch (error) {
      logger.warn({ session_id: this.#id, error: SandlotError.from(error).report() }, "a session could not be closed");
      return false;
    }
  }

  #touch(change: 1 | -1 | 0): void {
    const { clock } = this.#input;
    this.#inUse += change;
    this.#lastUsedAt = clock.now();
    this.#usedAt = clock.monotonic();
  }

  /** Looks again when the nearer of the two deadlines could have come. */
  #watch(): void {
    const { clock, idleMs, lifetimeMs } = this.#input;
    const now = clock.monotonic();
    const lifetimeLeft = this.#bornAt + lifetimeMs - now;
    const idleLeft = this.#inUse > 0 ? idleMs : this.#usedAt + idleMs - now;
    if (lifetimeLeft <= 0) void this.end({ reason: "lifetime", detail: null });
    else if (idleLeft <= 0) void this.end({ reason: "idle", detail: null });
    else this.#cancelTimer = clock.after(Math.min(lifetimeLeft, idleLeft), () => this.#watch());
  }

  #endedError(end: SessionEnd, cause?: unknown): SandlotError {
    const context = { session_id: this.#id, ...end };
    return new SandlotError("session_ended", context, cause === undefined ? {} : { cause });
  }
}
