import { isJsonObject, type JsonObject } from "../../core/json/parse.ts";
import { readEngineMetrics } from "../fleet/engine-metrics.ts";
import type { Probed, ProbedEndpoint } from "./probe.ts";

export interface Found {
  readonly ok: boolean;
  readonly detail: string;
}

interface Check {
  readonly name: string;
  /** What users lack where it fails. */
  readonly missed: string;
  find(endpoint: ProbedEndpoint, models: readonly string[]): Promise<Found>;
}

const messages = [{ role: "user", content: "Say hello." }];

/** What Sandlot makes use of, from what it cannot do without to what operators like. */
export const CHECKS: readonly Check[] = [
  {
    name: "model",
    missed: "every call is refused",
    async find({ model }, models) {
      const ok = models.includes(model);
      return { ok, detail: ok ? model : `it lists ${models.join(", ") || "none"}` };
    },
  },
  {
    name: "chat completions",
    missed: "no token samples: of vLLM's routes only this one gives ids and log-probs together",
    async find(endpoint) {
      const { status, body } = await ask(endpoint);
      return { ok: choiceOf(body) !== null, detail: `status ${status}` };
    },
  },
  {
    name: "responses",
    missed: "nothing, where Chat is there: calls are converted",
    async find(endpoint) {
      const request = { model: endpoint.model, input: "Say hello.", max_output_tokens: 16 };
      const { status, body } = await endpoint.post("/responses", request);
      return { ok: Array.isArray(body["output"]), detail: `status ${status}` };
    },
  },
  {
    name: "token ids",
    missed: "rollouts cannot be trained on: ids are never made up (vLLM gives them for `return_token_ids`)",
    async find(endpoint) {
      const { body } = await ask(endpoint, TOKENS);
      const prompt = lengthOf(body["prompt_token_ids"]);
      const generation = lengthOf(choiceOf(body)?.["token_ids"]);
      return { ok: prompt > 0 && generation > 0, detail: `${prompt} of the prompt, ${generation} generated` };
    },
  },
  {
    name: "log-probs",
    missed: "no importance ratios: a trainer would have to compute them anew, with other kernels",
    async find(endpoint) {
      const { body } = await ask(endpoint, TOKENS);
      const logprobs = choiceOf(body)?.["logprobs"];
      const content: unknown[] =
        isJsonObject(logprobs) && Array.isArray(logprobs["content"]) ? logprobs["content"] : [];
      const ok =
        content.length > 0 && content.every((entry) => isJsonObject(entry) && Number.isFinite(entry["logprob"]));
      return { ok, detail: `${content.length} of the answer's tokens` };
    },
  },
  {
    name: "turns from token ids",
    missed:
      "later turns go out as text: where the template or the tokenizer renders earlier turns otherwise, a rollout breaks into " +
      "several samples, each marked with the reason (vLLM: --enable-scale-out)",
    async find(endpoint) {
      const { model } = endpoint;
      const rendered = await endpoint.post("/chat/completions/render", { model, messages, max_tokens: 4 });
      const ids: unknown = rendered.body["token_ids"];
      if (lengthOf(ids) === 0) return { ok: false, detail: `render: status ${rendered.status}` };
      const sampling_params = { max_tokens: 4, logprobs: 0 };
      const generated = await endpoint.postRoot("/inference/v1/generate", { model, token_ids: ids, sampling_params });
      if (choiceOf(generated.body) === null) return { ok: false, detail: `generate: status ${generated.status}` };
      const chat_request = { model, messages };
      const parsed = await endpoint.post("/chat/completions/derender", {
        model,
        generate_response: generated.body,
        chat_request,
      });
      return { ok: choiceOf(parsed.body) !== null, detail: `derender: status ${parsed.status}` };
    },
  },
  {
    name: "detokenize",
    missed: "the reason of some broken prefixes stays unknown",
    async find(endpoint) {
      const { status, body } = await endpoint.postRoot("/detokenize", { model: endpoint.model, tokens: [1, 2] });
      return { ok: typeof body["prompt"] === "string", detail: `status ${status}` };
    },
  },
  {
    name: "engine heartbeat",
    missed: "a hung engine is found by deadlines only: /health answers 200 all the same",
    async find(endpoint) {
      const { status, text } = await endpoint.getRoot("/metrics");
      const scrape = status === 200 ? readEngineMetrics(text) : null;
      return { ok: scrape !== null, detail: scrape ? `${scrape.iterations} steps so far` : `status ${status}` };
    },
  },
  {
    name: "pause and resume",
    missed: "weight updates cannot be told to the engine (vLLM: VLLM_SERVER_DEV_MODE=1)",
    async find(endpoint) {
      const { status, body } = await endpoint.getRoot("/is_paused");
      return { ok: typeof body["is_paused"] === "boolean", detail: `status ${status}` };
    },
  },
];

const TOKENS = { logprobs: true, top_logprobs: 0, return_tokens_as_token_ids: true, return_token_ids: true };

function ask(endpoint: ProbedEndpoint, more: object = {}): Promise<Probed> {
  return endpoint.post("/chat/completions", { model: endpoint.model, messages, max_tokens: 4, ...more });
}

function choiceOf({ choices }: JsonObject): JsonObject | null {
  const first: unknown = Array.isArray(choices) ? choices[0] : null;
  return isJsonObject(first) ? first : null;
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}
