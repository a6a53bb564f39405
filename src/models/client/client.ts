import { systemClock } from "../../core/clock.ts";
import type { CallContext } from "../../core/context.ts";
import type { SandlotError } from "../../core/errors/sandlot-error.ts";
import { chatDialect } from "../dialects/chat/upstream.ts";
import { entriesOf } from "../dialects/entries.ts";
import { faultsOf } from "../dialects/fault.ts";
import { responsesDialect } from "../dialects/responses/upstream.ts";
import type { ComposeSettings, Dialect } from "../dialects/upstream-dialect.ts";
import type { ModelCall, ModelClient, ModelRequest, TokenPrefix } from "../port.ts";
import { createEngine, type Engine } from "../upstream/engine.ts";
import { oneEngine } from "../upstream/one-engine.ts";
import type { Served, Upstream, Used } from "../upstream/upstream.ts";
import { type Attempt, attempt } from "./attempt.ts";
import { askTokenizer, decodeWith } from "./decode.ts";
import { exactAttempt } from "./exact-attempt.ts";
import type { ApiChoice, ClientOptions, OpenAiClientOptions } from "./options.ts";

/**
 * A model behind one OpenAI-compatible HTTP endpoint. Throws `invalid_config` for a URL it can't use.
 *
 * Answers are awaited whole. Within one `respond`, a request is sent again only where that is safe and may help:
 * no connection, 408/429/5xx, or a kept-alive connection that was closed under it.
 */
export function createOpenAiClient(options: OpenAiClientOptions): ModelClient {
  const { clock = systemClock, random = Math.random, retries, timeoutMs, external } = options;
  const engine = createEngine(options, clock);
  return createClient(options, oneEngine(engine, { retries, maxWaitMs: timeoutMs, external, clock, random }));
}

/** An engine without routes from token ids is not asked for them again for so long: another may have taken its place. */
const TEXT_ONLY_MS = 300_000;

type Unfit = Extract<Used<never>, { kind: "unfit" }>;

/** A model behind an upstream. */
export function createClient(options: ClientOptions, upstream: Upstream): ModelClient {
  const { name, model, tokens = false, clock = systemClock } = options;
  const extra = new Map(Object.entries(options.extraBody ?? {}).map(([key, value]) => [key, JSON.stringify(value)]));
  const settings: ComposeSettings = { model, tokens, extra, fault: faultsOf(name, undefined) };

  // Each call finds the dialect for itself until one was answered: calls that start together never rest on a guess.
  let candidates = dialectsOf(options.api ?? "auto", tokens);

  const asText = async (ctx: CallContext, engine: Engine, request: ModelRequest): Promise<Attempt> => {
    let missing: SandlotError | null = null;
    for (const dialect of candidates) {
      const asked = { dialect, request, model: name, body: dialect.compose(request, settings) };
      const result = await attempt(ctx, engine, asked);
      if (result.kind !== "no_route") {
        if (result.kind === "answered") candidates = [dialect];
        return result;
      }
      missing = result.error;
    }
    const error = missing ?? engine.fault("model_bad_response", "the endpoint speaks neither API");
    return { kind: "failed", error, repeatable: false };
  };

  const ask = async (
    ctx: CallContext,
    engine: Engine,
    request: ModelRequest,
    prefix: TokenPrefix | null,
  ): Promise<Attempt | Unfit> => {
    const { notes } = engine;
    const isText = !tokens || clock.now() < notes.textOnlyUntil || candidates[0] !== chatDialect;
    if (!prefix || isText) return asText(ctx, engine, request);
    const result = await exactAttempt(ctx, engine, { request, prefix, settings });
    if (!("notExact" in result)) return result;
    if (result.notExact !== "unsupported") return asText(ctx, engine, request);
    notes.textOnlyUntil = clock.now() + TEXT_ONLY_MS;
    ctx.logger.warn({ model: name }, "an engine lacks the routes from token ids: start it with --enable-scale-out");
    return { kind: "unfit" };
  };

  return {
    name,
    upstream: model,
    replay: options.replay ?? false,
    async respond(ctx, request, turn) {
      const bytes = entriesOf(request).reduce((sum, entry) => sum + entry.length, 0);
      const exact = tokens && turn !== undefined;
      const site = { caller: turn?.caller ?? null, bytes, continued: (turn?.number ?? 1) > 1, exact };
      const prefix = turn?.prefix ?? null;
      return stamped(
        await upstream.call(ctx, site, async (scope, engine) => usedBy(await ask(scope, engine, request, prefix))),
      );
    },
    tokenizer: (ctx, path, body) => askTokenizer(ctx, upstream, { model, path, body }),
    decode: (ctx, ids) => decodeWith(ctx, upstream, { model, ids, clock }),
    finish: (session) => upstream.finish(session),
    close: () => upstream.close(),
  };
}

/** A call with where it was answered, and by which weights where the engine itself does not tell by spans. */
function stamped({ value: call, replica, weights: { before, after, isUpdated } }: Served<ModelCall>): ModelCall {
  const { weightVersions: told = [], tokens } = call;
  if (told.length > 0) return { ...call, replica };
  // What an engine says beside its answer is the version it ended with.
  const last = call.weightVersion ?? after;
  const stamp = { ...call, replica, weightVersion: last };
  if (!isUpdated || before === last) return stamp;
  const span = { version: null, between: [before, last] as const, start: 0 };
  return { ...stamp, weightVersions: [{ ...span, end: tokens.generationTokenIds?.length ?? 0 }] };
}

function usedBy(result: Attempt | Unfit): Used<ModelCall> {
  if (result.kind === "unfit") return result;
  if (result.kind === "answered") return { kind: "done", value: result.call, usage: costOf(result.call) };
  return result.kind === "failed" ? result : { kind: "failed", error: result.error, repeatable: false };
}

/** What the engine holds of a call: the tokens that it gave, where it gave them, whatever it says of their number. */
function costOf({ usage, tokens: { promptTokenIds: prompt, generationTokenIds: generation } }: ModelCall) {
  if (prompt === null || generation === null) return usage;
  return { input_tokens: prompt.length, output_tokens: generation.length };
}

/**
 * `auto` asks for Responses first. With token capture it asks for Chat first: of vLLM's routes only that one gives
 * ids and log-probs together.
 */
function dialectsOf(api: ApiChoice, tokens: boolean): readonly Dialect[] {
  if (api === "responses") return [responsesDialect];
  if (api === "chat") return [chatDialect];
  return tokens ? [chatDialect, responsesDialect] : [responsesDialect, chatDialect];
}
