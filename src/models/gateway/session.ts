import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { newId } from "../../core/ids.ts";
import { contiguityOf, type ContiguityReport } from "../../core/tokens/contiguity.ts";
import { BranchSamples } from "../capture/branch-samples.ts";
import { CallLog } from "../capture/call-log.ts";
import { KeptCalls } from "../capture/kept-calls.ts";
import { openSession } from "../capture/open-session.ts";
import type { ModelClient, ModelRequest, ModelSession, PlacedCall, TokenizerPath } from "../port.ts";
import type { SessionsMemory } from "./memory.ts";

/** What a gateway session may do. */
export interface SessionBounds {
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** Calls in all. */
  readonly maxCalls: number;
  /** Memory for what is kept of its calls; the calls under way when it is used up are still kept. */
  readonly maxBytes: number;
}

export interface GatewaySessionOptions {
  readonly tenant: string;
  readonly client: ModelClient;
  /** Equal for sessions that begin with the same prompt; null where that is not known. */
  readonly group: string | null;
  /** Members of the Responses API, raw, that replace what callers ask for: no harness samples off-policy. */
  readonly sampling: ReadonlyMap<string, string>;
  readonly bounds: SessionBounds;
  readonly memory: SessionsMemory;
}

/** Calls of one session at once: no agent takes what all share. */
const MOST_AT_ONCE = 256;
/** Estimate: a session without calls. */
const SESSION_BYTES = 4_000;

/** What was captured up to now. */
interface Captured {
  readonly contiguity: ContiguityReport;
  readonly samples: BranchSamples;
}

/** One trajectory that somebody else's agent makes through the gateway. */
export class GatewaySession {
  readonly id = newId("model_session");
  readonly tenant: string;
  /** Names by which callers may ask for the model. */
  readonly names: ReadonlySet<string>;
  readonly sampling: ReadonlyMap<string, string>;
  readonly bounds: SessionBounds;
  readonly #log = new CallLog();
  readonly #calls = new KeptCalls();
  readonly #model: ModelSession;
  readonly #memory: SessionsMemory;
  readonly #running = new Set<AbortController>();
  /** Null when something was captured since. */
  #captured: Captured | null = null;
  #charged = 0;
  #asked = 0;
  #isEnded = false;
  #isReleased = false;

  constructor({ tenant, client, group, sampling, bounds, memory }: GatewaySessionOptions) {
    this.tenant = tenant;
    this.#model = openSession(client, { session: this.id, group }, this.#log);
    this.names = new Set([client.name, client.upstream]);
    this.sampling = sampling;
    this.bounds = bounds;
    this.#memory = memory;
    this.#charge();
  }

  /** The name of the model. */
  get model(): string {
    return this.#model.name;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Calls that were answered. */
  get calls(): number {
    return this.#calls.count;
  }

  /** Memory that it takes, estimated; exact for tokens and texts. */
  get bytes(): number {
    return SESSION_BYTES + this.#log.bytes + this.#calls.bytes;
  }

  /** What was captured of calls whose answers arrived. */
  get captured(): Captured {
    if (this.#captured) return this.#captured;
    const logged = { calls: this.#calls.all(), log: this.#log.tokens };
    this.#captured = { contiguity: contiguityOf(logged), samples: new BranchSamples(logged) };
    return this.#captured;
  }

  /**
   * Asks the model. Throws `session_spent` beyond the bounds of calls and memory, `overloaded` where the memory of all sessions is
   * used up, and what the model throws.
   */
  async respond(ctx: CallContext, request: ModelRequest): Promise<PlacedCall> {
    this.#spend();
    const call = await this.#model.respond(ctx, request);
    this.#calls.add(call);
    this.#captured = null;
    this.#charge();
    return call;
  }

  /** For a piece of a body that is to outlive it. Entries of the conversation are held once, however often they are sent. */
  readonly own = (raw: string): string => this.#log.own(raw);

  /** Asks the model's tokenizer, which counts as a call; null where it has none. Throws like `respond`. */
  async tokenizer(ctx: CallContext, path: TokenizerPath, body: string): Promise<string | null> {
    this.#spend();
    return this.#model.tokenizer(ctx, path, body);
  }

  #spend(): void {
    const { maxCalls, maxBytes } = this.bounds;
    if (this.#asked >= maxCalls) throw new SandlotError("session_spent", { session_id: this.id, calls: maxCalls });
    if (this.bytes >= maxBytes) throw new SandlotError("session_spent", { session_id: this.id, bytes: maxBytes });
    this.#memory.admit();
    this.#asked++;
  }

  /** The call's answer did not reach its caller. */
  lost(call: string): void {
    this.#calls.lost(call);
    this.#captured = null;
  }

  /** Runs a call that ends when the session does. Throws `unauthorized` once it has, and `overloaded` beyond 256 at once. */
  async running<T>(work: (signal: AbortController) => Promise<T>): Promise<T> {
    if (this.#isEnded) throw new SandlotError("unauthorized", { detail: "the model session has ended" });
    if (this.#running.size >= MOST_AT_ONCE)
      throw new SandlotError("overloaded", { resource: "calls of one model session", retry_after: 1 });
    const controller = new AbortController();
    this.#running.add(controller);
    try {
      return await work(controller);
    } finally {
      this.#running.delete(controller);
    }
  }

  /** No more calls: those in flight end, and its token is worth nothing. What was captured stays. Idempotent. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const reason = new SandlotError("cancelled", { detail: "the model session has ended" });
    for (const controller of this.#running) controller.abort(reason);
    this.#model.end();
    this.#charge();
  }

  /** Gives its memory back to others; nobody reads it any more. Idempotent. */
  release(): void {
    this.#isReleased = true;
    this.#charge();
  }

  #charge(): void {
    const bytes = this.#isReleased ? 0 : this.bytes;
    this.#memory.add(bytes - this.#charged);
    this.#charged = bytes;
  }
}
