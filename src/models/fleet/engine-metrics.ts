import type { Scrape } from "../balancer/index.ts";
import { type MetricSample, readMetrics } from "./prometheus.ts";

/** What a page of vLLM's metrics says of an engine. */
export interface EngineMetrics {
  /** Null where the page does not count the engine's steps: then nothing tells whether it makes any. */
  readonly scrape: Scrape | null;
  /** Tokens that its KV cache holds; null where the page does not say. */
  readonly kvTokens: number | null;
}

const STEPS = "vllm:iteration_tokens_total_count";
const SLEEP = "vllm:engine_sleep_state";
const UPDATES = "vllm:rl_weight_update_operations_in_flight";
const CACHE = "vllm:cache_config_info";
const NAMES: ReadonlySet<string> = new Set([STEPS, SLEEP, UPDATES, CACHE]);

/** Reads vLLM's `/metrics`. With several engines behind one server (data parallel), the sum of their steps counts. */
export function readEngineMetrics(page: string): EngineMetrics {
  const metrics = readMetrics(page, NAMES);
  const steps = metrics.get(STEPS);
  const asleep = (metrics.get(SLEEP) ?? []).some(
    ({ labels, value }) => labels.get("sleep_state") === "awake" && value === 0,
  );
  const isResting = asleep || sum(metrics.get(UPDATES) ?? []) > 0;
  const caches = (metrics.get(CACHE) ?? []).map(
    ({ labels }) => Number(labels.get("block_size")) * Number(labels.get("num_gpu_blocks")),
  );
  const kvTokens = caches.reduce((all, tokens) => all + tokens, 0);
  return {
    scrape: steps ? { iterations: sum(steps), isResting } : null,
    kvTokens: Number.isFinite(kvTokens) && kvTokens > 0 ? kvTokens : null,
  };
}

function sum(samples: readonly MetricSample[]): number {
  return samples.reduce((all, { value }) => all + value, 0);
}
