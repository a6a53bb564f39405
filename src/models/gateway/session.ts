import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { newId } from "../../core/ids.ts";
import type { CapturedCall } from "../capture/branch-samples.ts";
import type { ModelRequest, ModelSession, PlacedCall, TokenizerPath } from "../port.ts";

/** What a gateway session may do. */
export interface SessionBounds {
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** Calls in all. */
  readonly maxCalls: number;
}

export interface GatewaySessionOptions {
  readonly tenant: string;
  readonly model: ModelSession;
  /** Names by which callers may ask for the model. */
  readonly names: ReadonlySet<string>;
  /** Members of the Responses API, raw, that replace what callers ask for: no harness samples off-policy. */
  readonly sampling: ReadonlyMap<string, string>;
  readonly bounds: SessionBounds;
}

/** Calls of one session at once: no agent takes what all share. */
const MOST_AT_ONCE = 256;

/** A call as the session remembers it. */
export type SessionCall = Omit<PlacedCall, "request" | "response" | "answer" | "items">;

/** One trajectory that somebody else's agent makes through the gateway. */
export class GatewaySession {
  readonly id = newId("model_session");
  readonly tenant: string;
  readonly names: ReadonlySet<string>;
  readonly sampling: ReadonlyMap<string, string>;
  readonly bounds: SessionBounds;
  readonly #model: ModelSession;
  readonly #calls: SessionCall[] = [];
  readonly #undelivered = new Set<string>();
  readonly #running = new Set<AbortController>();
  #asked = 0;
  #isEnded = false;

  constructor({ tenant, model, names, sampling, bounds }: GatewaySessionOptions) {
    this.tenant = tenant;
    this.#model = model;
    this.names = names;
    this.sampling = sampling;
    this.bounds = bounds;
  }

  /** The name of the model. */
  get model(): string {
    return this.#model.name;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Answered calls, in the order of their answers. */
  get calls(): readonly SessionCall[] {
    return this.#calls;
  }

  /** Asks the model. Throws `session_spent` beyond the bound of calls, and what the model throws. */
  async respond(ctx: CallContext, request: ModelRequest): Promise<PlacedCall> {
    this.#spend();
    const call = await this.#model.respond(ctx, request);
    const { request: _sent, response: _text, answer: _answer, items: _items, ...kept } = call;
    this.#calls.push(kept);
    return call;
  }

  /** Asks the model's tokenizer, which counts as a call; null where it has none. Throws like `respond`. */
  async tokenizer(ctx: CallContext, path: TokenizerPath, body: string): Promise<string | null> {
    this.#spend();
    return this.#model.tokenizer(ctx, path, body);
  }

  #spend(): void {
    const { maxCalls } = this.bounds;
    if (this.#asked >= maxCalls) throw new SandlotError("session_spent", { session_id: this.id, calls: maxCalls });
    this.#asked++;
  }

  /** The call's answer did not reach its caller: nothing can follow from it. */
  lost(call: string): void {
    this.#undelivered.add(call);
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

  /** What samples are made of: calls whose answers arrived. */
  captured(): CapturedCall[] {
    return this.#calls
      .filter(({ id, status }) => status < 400 && !this.#undelivered.has(id))
      .map((call) => {
        const { promptTokenIds: prompt, generationTokenIds: generation, generationLogProbs: logProbs } = call.tokens;
        const whole = { version: call.weightVersion, start: 0, end: generation?.length ?? 0 };
        const { id, parent, broken, weightVersions: told = [], finishReason } = call;
        const weightVersions = told.length > 0 ? told : [whole];
        return { id, parent, broken, trainable: true, prompt, generation, logProbs, weightVersions, finishReason };
      });
  }

  /** No more calls: those in flight end, and its token is worth nothing. What was captured stays. Idempotent. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const reason = new SandlotError("cancelled", { detail: "the model session has ended" });
    for (const controller of this.#running) controller.abort(reason);
    this.#model.end();
  }
}
