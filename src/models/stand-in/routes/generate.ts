import type { JsonObject } from "../../../core/json/parse.ts";
import { startGenerations } from "../calls/call.ts";
import { checkTokens, plainCall } from "../calls/plain-call.ts";
import { runGenerations } from "../calls/run.ts";
import { checkCount, checkLogprobs, checkSampling, outputRoom, samplingFields } from "../calls/sampling-fields.ts";
import type { Generation } from "../replica/generation.ts";
import { checkModel } from "../calls/check-model.ts";
import type { Exchange } from "../http/exchange.ts";
import { Fields } from "../http/fields.ts";
import { HttpError } from "../http/http-error.ts";
import { tokenLogprobs } from "./log-prob-bodies.ts";
import { countTokens, usageBody } from "./usage.ts";

/** `POST /inference/v1/generate`: tokens in, tokens out. */
export async function generate(exchange: Exchange): Promise<void> {
  const { replica } = exchange;
  requireScaleOut(exchange);
  const body = exchange.object();
  const fields = new Fields(body);
  fields.require("token_ids", "sampling_params");
  const tokens = fields.list("token_ids") ?? [];
  const params = new Fields(fields.object("sampling_params") ?? {}, "body.sampling_params");
  const sampling = samplingFields(params, "max_tokens");
  const logprobs = params.integer("logprobs");
  const count = params.integer("n") ?? 1;
  const stream = fields.boolean("stream") ?? false;
  const salt = fields.text("cache_salt") ?? "";
  const priority = fields.integer("priority") ?? 0;
  fields.check();
  params.check();
  checkModel(replica, fields.text("model"));
  checkLogprobs(logprobs);
  checkCount(count);
  const { maxModelLength } = replica.settings;
  checkSampling(sampling, maxModelLength);
  const prompt = checkTokens(tokens);
  const maxTokens = outputRoom(prompt.length, sampling.maxTokens ?? 16, maxModelLength, true);
  const call = plainCall("generate", body, prompt, { ...sampling, maxTokens, salt, priority });
  const id = `generate-tokens-${exchange.callId(body)}`;
  const generations = startGenerations(replica, [call], count, id);
  if (stream) {
    await streamGenerate(exchange, id, generations, logprobs);
    return;
  }
  await runGenerations(exchange, generations);
  exchange.json(200, {
    request_id: id,
    model: replica.settings.model,
    created: Math.floor(replica.settings.clock.now() / 1000),
    usage: usageBody(replica, countTokens(replica, generations, count), null),
    prompt_logprobs: null,
    prompt_token_id_logprobs: null,
    prompt_token_ids: null,
    mm_placeholders: null,
    metrics: null,
    kv_transfer_params: null,
    ec_transfer_params: null,
    output_mode: "tokens",
    choices: generations.map((generation, index) => choice(generation, index, 0, logprobs, generation.finish)),
  });
}

/** Endpoints of tokens alone are closed unless they are switched on. */
export function requireScaleOut({ replica }: Exchange): void {
  if (!replica.settings.scaleOut)
    throw new HttpError(
      403,
      "Scale-out endpoints are disabled. Restart vllm serve with --enable-scale-out to enable them.",
    );
}

async function streamGenerate(
  exchange: Exchange,
  id: string,
  generations: readonly Generation[],
  logprobs: number | null,
): Promise<void> {
  const stream = exchange.events(generations.reduce((sum, { plan }) => sum + plan.tokens.length, 0));
  const ended = new Set<Generation>();
  const tell = (generation: Generation, index: number, from: number, finish: string | null) => {
    if (finish !== null) ended.add(generation);
    const choices = [choice(generation, index, from, logprobs, finish)];
    stream.send({ request_id: id, usage: null, output_mode: "tokens", choices });
  };
  for (const [index, generation] of generations.entries()) {
    let sent = 0;
    generation.onTokens = () => {
      const last = generation.delivered === generation.plan.tokens.length;
      if (!(last && generation.plan.finish === "error"))
        tell(generation, index, sent, last ? generation.plan.finish : null);
      sent = generation.delivered;
    };
  }
  try {
    await runGenerations(exchange, generations);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    stream.fail(error.body({ flat: exchange.replica.settings.legacyNames }));
    return;
  }
  for (const [index, generation] of generations.entries())
    if (!ended.has(generation)) tell(generation, index, generation.delivered, generation.finish);
  stream.done();
}

function choice(
  generation: Generation,
  index: number,
  from: number,
  logprobs: number | null,
  finish: string | null,
): JsonObject {
  return {
    index,
    finish_reason: finish,
    stop_reason: finish === "stop" ? generation.plan.stopReason : null,
    token_ids: generation.plan.tokens.slice(from, generation.delivered),
    routed_experts: null,
    sampling_mask: null,
    weight_versions: finish === null ? null : generation.versions,
    logprobs: logprobs === null ? null : tokenLogprobs(generation, from, generation.delivered, logprobs),
  };
}
