import type { JsonObject } from "../../../core/json/parse.ts";
import { startGenerations } from "../calls/call.ts";
import { completionCall, type PlainCall } from "../calls/plain-call.ts";
import { runGenerations } from "../calls/run.ts";
import type { Generation } from "../replica/generation.ts";
import { decode } from "../text/tokenizer.ts";
import { FINGERPRINT } from "./fingerprint.ts";
import type { Exchange } from "../http/exchange.ts";
import { HttpError } from "../http/http-error.ts";
import { completionLogprobs, promptLogprobs } from "./log-prob-bodies.ts";
import { countTokens, streamUsage, usageBody } from "./usage.ts";

/** `POST /v1/completions` */
export async function completions(exchange: Exchange): Promise<void> {
  const { replica } = exchange;
  const body = exchange.object();
  const wanted = completionCall(replica, body);
  const id = `cmpl-${exchange.callId(body)}`;
  const generations = startGenerations(replica, wanted.calls, wanted.count, id);
  if (wanted.stream) {
    await streamCompletions(exchange, id, wanted, generations);
    return;
  }
  await runGenerations(exchange, generations);
  exchange.json(200, {
    id,
    object: "text_completion",
    created: Math.floor(replica.settings.clock.now() / 1000),
    model: replica.settings.model,
    choices: generations.map((generation, index) => ({
      index,
      text: (wanted.echo ? decode(generation.plan.prompt) : "") + generation.text(),
      logprobs: logprobsOf(wanted, generation, 0, 0),
      finish_reason: generation.finish,
      stop_reason: generation.stopReason,
      token_ids: wanted.returnTokenIds ? generation.tokens : null,
      prompt_logprobs: wanted.promptLogprobs === null ? null : promptLogprobs(generation, wanted.promptLogprobs),
      prompt_token_ids: wanted.returnTokenIds ? generation.plan.prompt : null,
      routed_experts: null,
    })),
    service_tier: null,
    system_fingerprint: FINGERPRINT,
    usage: usageBody(replica, countTokens(replica, generations, wanted.count), null),
    kv_transfer_params: null,
    ec_transfer_params: null,
    metrics: null,
  });
}

async function streamCompletions(
  exchange: Exchange,
  id: string,
  wanted: PlainCall,
  generations: readonly Generation[],
): Promise<void> {
  const { replica } = exchange;
  const { settings } = replica;
  const stream = exchange.events(generations.reduce((sum, { plan }) => sum + plan.tokens.length, 0));
  const created = Math.floor(settings.clock.now() / 1000);
  const chunk = (choices: readonly JsonObject[], more: JsonObject) =>
    stream.send({ id, object: "text_completion", created, model: settings.model, choices, ...more });
  const fingerprint = wanted.includeUsage ? {} : { system_fingerprint: FINGERPRINT };
  const ended = new Set<Generation>();

  const offsets = generations.map(() => 0);
  const tell = (generation: Generation, index: number, from: number, finish: string | null) => {
    if (finish !== null) ended.add(generation);
    const echo = wanted.echo && from === 0 ? decode(generation.plan.prompt) : "";
    const text = generation.text(from);
    const offset = offsets[index] ?? 0;
    offsets[index] = offset + text.length;
    const choice = {
      index,
      text: echo + text,
      logprobs: logprobsOf(wanted, generation, from, offset),
      finish_reason: finish,
      stop_reason: finish === "stop" ? generation.plan.stopReason : null,
      prompt_token_ids: wanted.returnTokenIds && from === 0 ? generation.plan.prompt : null,
      token_ids: wanted.returnTokenIds ? generation.plan.tokens.slice(from, generation.delivered) : null,
    };
    chunk([choice], finish === null ? {} : fingerprint);
  };
  for (const [index, generation] of generations.entries()) {
    let sent = 0;
    generation.onTokens = () => {
      const { delivered, plan } = generation;
      const last = delivered === plan.tokens.length;
      if (!(last && plan.finish === "error")) tell(generation, index, sent, last ? plan.finish : null);
      sent = delivered;
    };
  }
  try {
    await runGenerations(exchange, generations);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    stream.fail(error.body({ flat: settings.legacyNames }));
    return;
  }
  for (const [index, generation] of generations.entries())
    if (!ended.has(generation)) tell(generation, index, generation.delivered, generation.finish);
  if (wanted.includeUsage)
    chunk([], {
      usage: streamUsage(usageBody(replica, countTokens(replica, generations, wanted.count), null)),
      system_fingerprint: FINGERPRINT,
    });
  stream.done();
}

function logprobsOf(
  { logprobs, tokensAsIds }: PlainCall,
  generation: Generation,
  from: number,
  offset: number,
): JsonObject | null {
  if (logprobs === null) return null;
  return completionLogprobs(generation, { from, to: generation.delivered, top: logprobs, asId: tokensAsIds, offset });
}
