import { sleep, systemClock } from "../../core/clock.ts";
import type { CallContext } from "../../core/context.ts";
import type { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { ModelCall, ModelClient, ModelRequest } from "../port.ts";
import { type Attempt, attempt, type AttemptOptions } from "./attempt.ts";
import { parseBaseUrl } from "./base-url.ts";
import { chatDialect } from "../dialects/chat/upstream.ts";
import type { ComposeSettings, Dialect } from "../dialects/upstream-dialect.ts";
import { faultsOf } from "../dialects/fault.ts";
import type { ApiChoice, OpenAiClientOptions } from "./options.ts";
import { responsesDialect } from "../dialects/responses/upstream.ts";
import { retryWait } from "./retry-wait.ts";
import { createTransport } from "./transport.ts";

/**
 * A model behind an OpenAI-compatible HTTP endpoint. Throws `invalid_config` for a URL it can't use.
 *
 * Answers are awaited whole. Within one `respond`, a request is sent again only where that is safe and may help:
 * no connection, 408/429/5xx, or a kept-alive connection that was closed under it.
 */
export function createOpenAiClient(options: OpenAiClientOptions): ModelClient {
  const { name, model, tokens = false, retries = 2, clock = systemClock, random = Math.random } = options;
  const apiKey = options.apiKey?.trim();
  const base = parseBaseUrl(name, options.url);
  const fault = faultsOf(name, apiKey);
  const extra = new Map(Object.entries(options.extraBody ?? {}).map(([key, value]) => [key, JSON.stringify(value)]));
  const settings: ComposeSettings = { model, tokens, extra, fault };
  const transport = createTransport({
    origin: base.origin,
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    connections: options.connections ?? 1024,
    maxBodyBytes: options.maxBodyBytes ?? 64 * 1024 * 1024,
  });
  const tries: AttemptOptions = {
    model: name,
    base,
    headers: {
      "content-type": "application/json",
      accept: "application/json",
      ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
    },
    timeoutMs: options.timeoutMs ?? 600_000,
    transport,
    fault,
    clock,
  };

  const askRepeatedly = async (ctx: CallContext, dialect: Dialect, request: ModelRequest): Promise<Attempt> => {
    const body = dialect.compose(request, settings);
    for (let made = 1; ; made++) {
      const result = await attempt(ctx, tries, dialect, request, body);
      if (result.kind !== "failed") return result;
      const remainingMs = ctx.deadline - clock.now();
      const situation = { tries: made, retries, remainingMs, maxWaitMs: tries.timeoutMs, random: random() };
      const wait = retryWait(result, situation);
      if (wait === null) throw result.error;
      await sleep(clock, wait, ctx.signal);
    }
  };

  // Each call finds the dialect for itself until one was answered: calls that start together never rest on a guess.
  let candidates = dialectsOf(options.api ?? "auto", tokens);

  return {
    name,
    upstream: model,
    replay: options.replay ?? false,
    respond: async (ctx, request): Promise<ModelCall> => {
      let missing: SandlotError | null = null;
      for (const dialect of candidates) {
        const result = await askRepeatedly(ctx, dialect, request);
        if (result.kind === "answered") {
          candidates = [dialect];
          return result.call;
        }
        if (result.kind === "no_route") missing = result.error;
      }
      throw missing ?? fault("model_bad_response", "the endpoint speaks neither API");
    },
    close: () => transport.close(),
  };
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
