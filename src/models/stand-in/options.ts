import type { Clock } from "../../core/clock.ts";
import type { JsonObject } from "../../core/json/parse.ts";
import type { EngineShape } from "./engine/index.ts";
import type { Answer } from "./text/answer.ts";
import type { ChatMessage, ToolDefinition } from "./text/messages.ts";
import type { AnswerLength } from "./text/sampler.ts";

/** What is to be answered, for a callback that decides the text. */
export interface AnswerRequest {
  /** Which dialect the caller speaks. */
  readonly api: "chat" | "completions" | "responses" | "messages" | "generate";
  /** The body as it came. */
  readonly body: JsonObject;
  /** The conversation; empty for `completions` and `generate`. */
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[];
  /** The prompt's tokens. */
  readonly prompt: readonly number[];
  /** Of the choice, from 0. */
  readonly index: number;
  /** Of the replica, from 0. */
  readonly replica: number;
  /** The same for the same prompt, seed, choice and weights. */
  readonly seed: number;
}

/** Settings of stand-in replicas. */
export interface StandInOptions {
  /** The name of its model. Default `stand-in`. */
  readonly model?: string;
  /** How many replicas, each on its own port. Default 1. */
  readonly replicas?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Port of the first replica, the others on the ports that follow; 0, the default, for any free ones. */
  readonly port?: number;
  /** Times faster than real; Infinity waits for nothing. Default 1. */
  readonly speed?: number;
  /** Asked for below `/v1`, `/v2` and `/inference`. Default null: no key. */
  readonly apiKey?: string | null;
  /** Prompt and answer at most, in tokens (vLLM `--max-model-len`). Default 32,768. */
  readonly maxModelLength?: number;
  /** Defaults: `DEFAULT_ENGINE_SHAPE`. */
  readonly engine?: Partial<EngineShape>;
  /** Requests at most, running ones included; further ones get 503 (vLLM `--max-num-queued-reqs`). Default null: all. */
  readonly maxQueuedRequests?: number | null;
  /** The endpoints for development: pause, sleep, weights (vLLM `VLLM_SERVER_DEV_MODE`). Default true. */
  readonly devMode?: boolean;
  /** `/inference/v1/generate` (vLLM `--enable-scale-out`). Default true. */
  readonly scaleOut?: boolean;
  /** `usage.prompt_tokens_details` (vLLM `--enable-prompt-tokens-details`). Default true. */
  readonly promptTokensDetails?: boolean;
  /** Thinks unless a request says `enable_thinking: false`, as Qwen3 does. Default false: only when asked to. */
  readonly thinking?: boolean;
  /** Generates other tokens than the tokenizer gives for the same text. Default false. */
  readonly drift?: boolean;
  /** Older names: `reasoning_content`, `vllm:gpu_cache_usage_perc`, errors as flat objects. Default false. */
  readonly legacyNames?: boolean;
  /** Of made-up answers. Default: median 80, sigma 0.6. */
  readonly answerLength?: AnswerLength;
  /** Decides an answer; undefined leaves it to the stand-in. What it throws becomes a 500. */
  readonly answer?: (request: AnswerRequest) => Answer | undefined;
  /** Milliseconds after which an idle connection is closed. Default 5,000, as uvicorn. */
  readonly keepAliveMs?: number;
  /** Largest request body in bytes. Default 64 MiB. */
  readonly maxBodyBytes?: number;
  /** `POST /mock/faults` and the like, which only a stand-in has. Default true. */
  readonly faultRoutes?: boolean;
  readonly clock?: Clock;
}

/** `StandInOptions` with all defaults, for one replica. */
export interface ReplicaSettings extends Required<Omit<StandInOptions, "replicas" | "host" | "port" | "answer">> {
  readonly answer: ((request: AnswerRequest) => Answer | undefined) | null;
  readonly replica: number;
}
