import type { Clock } from "../../core/clock.ts";
import type { CallContext } from "../../core/context.ts";
import type {
  InputFile,
  OutputFile,
  OutputRequest,
  SandboxSession,
  SessionCall,
  SessionEnd,
} from "../../sandbox/index.ts";
import type { UsedSession, UsedSessionReply } from "../service.ts";

/**
 * A session that tells of each call how long it has waited for what was before it: all its time that was not the call's
 * own, when something was before it, else none.
 */
export class QueueTimes implements UsedSession {
  readonly #session: SandboxSession;
  readonly #clock: Clock;
  #inProgress = 0;
  /** Somebody went away from a call, and the session may still be busy with it. */
  #hasLeftover = false;

  constructor(session: SandboxSession, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  get ended(): Promise<SessionEnd> {
    return this.#session.ended;
  }

  async call(ctx: CallContext, call: SessionCall): Promise<UsedSessionReply> {
    const isFirst = this.#inProgress === 0 && !this.#hasLeftover;
    const startedAt = this.#clock.monotonic();
    const reply = await this.#inTurn(ctx, () => this.#session.call(ctx, call));
    const elapsedMs = this.#clock.monotonic() - startedAt;
    return { ...reply, queueMs: isFirst ? 0 : Math.max(0, elapsedMs - reply.times.wallMs) };
  }

  interrupt(): void {
    this.#session.interrupt();
  }

  write(ctx: CallContext, files: readonly InputFile[]): Promise<void> {
    return this.#inTurn(ctx, () => this.#session.write(ctx, files));
  }

  read(ctx: CallContext, outputs: readonly OutputRequest[]): Promise<OutputFile[]> {
    return this.#inTurn(ctx, () => this.#session.read(ctx, outputs));
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  async #inTurn<T>(ctx: CallContext, work: () => Promise<T>): Promise<T> {
    this.#inProgress++;
    try {
      const done = await work();
      // They go one after another: what was before this one is over.
      this.#hasLeftover = false;
      return done;
    } catch (error) {
      if (ctx.signal.aborted) this.#hasLeftover = true;
      throw error;
    } finally {
      this.#inProgress--;
    }
  }
}
