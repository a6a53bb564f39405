import type { BranchSample } from "../../contract/samples.ts";
import type { Clock } from "../../core/clock.ts";
import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { newId } from "../../core/ids.ts";
import type { Logger } from "../../core/logger.ts";
import { type ContiguityReport, checkContiguity } from "../../core/tokens/contiguity.ts";
import { branchSamples, checkedCall } from "../capture/branch-samples.ts";
import { openSession } from "../capture/open-session.ts";
import type { GatewayObserver } from "../metrics/observers.ts";
import type { ModelClient } from "../port.ts";
import { GatewayListener } from "./listener.ts";
import type { GatewaySession } from "./session.ts";
import { GatewaySessions } from "./sessions.ts";

export interface ModelGatewayOptions {
  readonly models: ReadonlyMap<string, ModelClient>;
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** How agents reach it, e.g. `https://gateway.example.com`; null: by its own host and port. */
  readonly publicUrl: string | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer?: GatewayObserver | undefined;
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
  readonly ended: boolean;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
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
    this.#sessions = new GatewaySessions({ clock: options.clock });
  }

  /** Throws `unknown_model`, and `overloaded` when there are too many sessions. `root` is the agent's base URL without `/v1`. */
  async open(ctx: CallContext, request: OpenModelSession): Promise<ModelSessionState & { readonly root: string }> {
    const { models, clock } = this.#options;
    const client = models.get(request.model);
    if (!client) throw new SandlotError("unknown_model", { name: request.model });
    const base = await this.#url();
    const { session, token } = this.#sessions.open({
      tenant: ctx.principal.tenant,
      model: openSession(client, { session: newId("model_session"), group: request.group }),
      names: new Set([client.name, client.upstream]),
      sampling: request.sampling,
      bounds: { expiresAt: clock.now() + request.lifetimeMs, maxCalls: request.maxCalls },
    });
    return { ...stateOf(session), root: `${base}/r/${token}` };
  }

  /** Throws `not_found`. */
  get(ctx: CallContext, id: string): ModelSessionState {
    return stateOf(this.#find(ctx, id));
  }

  /** Throws `not_found`. */
  samples(ctx: CallContext, id: string): BranchSample[] {
    return branchSamples(this.#find(ctx, id).captured());
  }

  /** Ends a session; what it captured stays until it expires. Throws `not_found`. */
  end(ctx: CallContext, id: string): ModelSessionState {
    const session = this.#find(ctx, id);
    session.end();
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

function stateOf(session: GatewaySession): ModelSessionState {
  const { id, model, calls, isEnded, bounds } = session;
  const contiguity = checkContiguity(session.captured().map(checkedCall));
  return { id, model, calls: calls.length, contiguity, ended: isEnded, expiresAt: bounds.expiresAt };
}
