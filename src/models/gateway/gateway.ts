import type { BranchSample } from "../../contract/samples.ts";
import type { Clock } from "../../core/clock.ts";
import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { Logger } from "../../core/logger.ts";
import type { ContiguityReport } from "../../core/tokens/contiguity.ts";
import type { GatewayObserver } from "../metrics/observers.ts";
import type { ModelClient } from "../port.ts";
import { GatewayListener } from "./listener.ts";
import type { GatewaySession } from "./session.ts";
import { GatewaySessions, type SessionLimits } from "./sessions.ts";

export interface ModelGatewayOptions {
  readonly models: ReadonlyMap<string, ModelClient>;
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** How agents reach it, e.g. `https://gateway.example.com`; null: by its own host and port. */
  readonly publicUrl: string | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: GatewayLimits | undefined;
  readonly observer?: GatewayObserver | undefined;
}

export interface GatewayLimits extends SessionLimits {
  /** Memory of one session. Default 128 MiB. */
  readonly sessionBytes?: number | undefined;
}

/** What a session is opened with. */
export interface OpenModelSession {
  readonly model: string;
  readonly group: string | null;
  /** Members of a Responses request, raw, that replace what the agent asks for. */
  readonly sampling: ReadonlyMap<string, string>;
  readonly lifetimeMs: number;
  readonly maxCalls: number;
}

/** Where a session stands. */
export interface ModelSessionState {
  readonly id: string;
  readonly model: string;
  /** Answered so far. */
  readonly calls: number;
  readonly contiguity: ContiguityReport;
  /** Memory that it takes. */
  readonly bytes: number;
  readonly ended: boolean;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** A page of a session's samples. */
export interface ModelSessionSamples {
  readonly items: BranchSample[];
  /** The branch where the next page begins. */
  readonly next: number;
  /** The session has ended, and this page reaches the end of its samples. */
  readonly complete: boolean;
}

/**
 * Sessions of the rollout gateway, and its listener, which opens its port with the first session. A session belongs to its
 * tenant; others find nothing.
 */
export class ModelGateway {
  readonly #options: ModelGatewayOptions;
  readonly #sessions: GatewaySessions;
  #listener: Promise<GatewayListener> | null = null;

  constructor(options: ModelGatewayOptions) {
    this.#options = options;
    const { clock, logger, limits } = options;
    this.#sessions = new GatewaySessions({ clock, logger, ...limits });
  }

  /** Throws `unknown_model`, and `overloaded` when there are too many sessions. `root` is the agent's base URL without `/v1`. */
  async open(ctx: CallContext, request: OpenModelSession): Promise<ModelSessionState & { readonly root: string }> {
    const { models, clock, limits } = this.#options;
    const client = models.get(request.model);
    if (!client) throw new SandlotError("unknown_model", { name: request.model });
    const base = await this.#url();
    const { lifetimeMs, maxCalls, group, sampling } = request;
    const bounds = { expiresAt: clock.now() + lifetimeMs, maxCalls, maxBytes: limits?.sessionBytes ?? 128 << 20 };
    const { tenant } = ctx.principal;
    const { session, token } = this.#sessions.open({ tenant, client, group, sampling, bounds });
    return { ...stateOf(session), root: `${base}/r/${token}` };
  }

  /** Throws `not_found`. */
  get(ctx: CallContext, id: string): ModelSessionState {
    return stateOf(this.#find(ctx, id));
  }

  /** Samples from a branch on, `limit` at most. One that is fetched to its end after it has ended is soon forgotten. Throws `not_found`. */
  samples(ctx: CallContext, id: string, { from, limit }: { from: number; limit: number }): ModelSessionSamples {
    const session = this.#find(ctx, id);
    const { items, next } = session.captured.samples.page(from, { limit });
    const complete = session.isEnded && next === null;
    if (complete) this.#sessions.fetched(id);
    return { items, next: next ?? from + items.length, complete };
  }

  /** Ends a session; what it captured stays for a while. Throws `not_found`. */
  end(ctx: CallContext, id: string): ModelSessionState {
    const session = this.#find(ctx, id);
    this.#sessions.end(id);
    return stateOf(session);
  }

  /** Ends a session and forgets it. Throws `not_found`. */
  remove(ctx: CallContext, id: string): ModelSessionState {
    const session = this.#find(ctx, id);
    this.#sessions.remove(id);
    return stateOf(session);
  }

  async close(): Promise<void> {
    this.#sessions.close();
    const listener = await this.#listener?.catch(() => null);
    await listener?.close();
  }

  #find({ principal }: CallContext, id: string): GatewaySession {
    const session = this.#sessions.get(id);
    if (session?.tenant !== principal.tenant) throw new SandlotError("not_found", { kind: "model session", id });
    return session;
  }

  async #url(): Promise<string> {
    const { host, port, publicUrl, clock, logger, observer } = this.#options;
    const start = () => GatewayListener.start({ sessions: this.#sessions, host, port, clock, logger, observer });
    this.#listener ??= start().catch((error: unknown) => {
      // A port that is taken may be free the next time.
      this.#listener = null;
      throw error;
    });
    const listener = await this.#listener;
    return publicUrl?.replace(/\/+$/, "") ?? `http://${host.includes(":") ? `[${host}]` : host}:${listener.port}`;
  }
}

function stateOf({ id, model, calls, captured, bytes, isEnded: ended, bounds }: GatewaySession): ModelSessionState {
  return { id, model, calls, contiguity: captured.contiguity, bytes, ended, expiresAt: bounds.expiresAt };
}
