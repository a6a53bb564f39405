import type { CallContext } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { chatDialect } from "../dialects/chat/upstream.ts";
import { withEntries } from "../dialects/entries.ts";
import type { ComposeSettings } from "../dialects/upstream-dialect.ts";
import { type ExactEngine, exactTurn, type NotExact } from "../exact/exact-turn.ts";
import type { ModelRequest, TokenPrefix } from "../port.ts";
import type { Engine } from "../upstream/engine.ts";
import { readRefusal } from "../upstream/refusal.ts";
import { type Attempt, reading } from "./attempt.ts";
import { overflowReading } from "./overflow-answer.ts";

/** The turn has to be asked as text. */
interface AsText {
  readonly notExact: NotExact;
}

/** Statuses by which an engine says that it does not serve a route. */
const NOT_SERVED: ReadonlySet<number> = new Set([403, 404, 405, 501]);

/** Asks for one turn from token ids. Throws only the context's own reason, when the context ended. */
export async function exactAttempt(
  ctx: CallContext,
  engine: Engine,
  asked: { readonly request: ModelRequest; readonly prefix: TokenPrefix; readonly settings: ComposeSettings },
): Promise<Attempt | AsText> {
  const { request, prefix, settings } = asked;
  const posts = new Posts(ctx, engine);
  const written = (part: ModelRequest) => chatDialect.compose(part, settings);
  const turn = {
    ids: prefix.ids,
    model: JSON.stringify(settings.model),
    chat: written(request),
    before: () => written(withEntries(request, 0, prefix.entries))(),
    last: () => written(withEntries(request, -1))(),
  };
  try {
    const answer = await exactTurn(posts, turn);
    if (typeof answer === "string") return { notExact: answer };
    const read = chatDialect.read(answer.chat, request, engine.fault);
    if (read === null) throw engine.fault("model_bad_response", "the engine parsed its answer to nothing");
    const { request: body, weightVersions } = answer;
    const weightVersion = weightVersions.at(-1)?.version ?? null;
    const call = { request: body, response: answer.chat.text, status: 200, ...read, weightVersion, weightVersions };
    return { kind: "answered", call: { ...call, ...posts.times } };
  } catch (error) {
    if (error instanceof Stopped) return error.attempt;
    // All JSON that is read here is the engine's.
    const failure = SandlotError.is(error, "invalid_json") ? posts.badResponse(error.message) : error;
    if (!SandlotError.is(failure) || failure.domain !== "model") throw failure;
    return { kind: "failed", error: failure, repeatable: false };
  }
}

/** Ends a turn of several posts where one of them was refused. */
class Stopped extends Error {
  readonly attempt: Attempt;

  constructor(attempt: Attempt) {
    super("the turn was refused");
    this.attempt = attempt;
  }
}

/** The posts of one turn, as one call. */
class Posts implements ExactEngine {
  readonly #ctx: CallContext;
  readonly #engine: Engine;
  #startedAt = 0;
  #durationMs = 0;

  constructor(ctx: CallContext, engine: Engine) {
    this.#ctx = ctx;
    this.#engine = engine;
  }

  get times() {
    return { startedAt: this.#startedAt, durationMs: this.#durationMs };
  }

  /** Is handed on without its object. */
  readonly badResponse = (detail: string): SandlotError => this.#engine.fault("model_bad_response", detail);

  readonly aborted = (detail: string): SandlotError => this.#engine.fault("model_aborted", detail);

  async post(path: string, body: () => string): Promise<string | null> {
    const { fault } = this.#engine;
    const sent = await this.#engine.post(this.#ctx, this.#engine.root(path), body);
    if (sent.kind === "failed") throw new Stopped(sent);
    this.#startedAt ||= sent.startedAt;
    this.#durationMs += sent.durationMs;
    const { status, retryAfter } = sent;
    const text = reading(sent, fault, (whole) => whole);
    if (typeof text !== "string") throw new Stopped(text);
    if (status >= 200 && status <= 299) return text;
    const refusal = readRefusal(status, text, retryAfter, fault);
    // The route is there, and another model: this replica's fault, not a missing feature of all.
    const isModelUnknown = refusal.kind === "failed" && refusal.error.code === "model_not_found";
    if (NOT_SERVED.has(status) && !isModelUnknown) return null;
    if (refusal.kind !== "overflow") throw new Stopped(refusal);
    const read = overflowReading(this.#engine.name, sent.startedAt);
    throw new Stopped({
      kind: "answered",
      call: { request: body(), response: text, status, ...read, ...this.times },
    });
  }
}
