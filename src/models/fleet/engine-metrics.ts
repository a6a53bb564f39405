import type { Scrape } from "../balancer/index.ts";
import { type MetricSample, readMetrics } from "./prometheus.ts";

const STEPS = "vllm:iteration_tokens_total_count";
const SLEEP = "vllm:engine_sleep_state";
const UPDATES = "vllm:rl_weight_update_operations_in_flight";
const CACHE = "vllm:cache_config_info";
const WAITING = "vllm:num_requests_waiting";
const PREEMPTIONS = "vllm:num_preemptions_total";
const NAMES: ReadonlySet<string> = new Set([STEPS, SLEEP, UPDATES, CACHE, WAITING, PREEMPTIONS]);

/**
 * Reads vLLM's `/metrics`; null where the page does not count the engine's steps: then nothing tells whether it makes any. With
 * several engines behind one server (data parallel) the sums count.
 */
export function readEngineMetrics(page: string): Scrape | null {
  const metrics = readMetrics(page, NAMES);
  const steps = metrics.get(STEPS);
  if (!steps) return null;
  const of = (name: string) => metrics.get(name) ?? [];
  const asleep = of(SLEEP).some(({ labels, value }) => labels.get("sleep_state") === "awake" && value === 0);
  const kvTokens = of(CACHE).reduce(
    (all, { labels }) => all + Number(labels.get("block_size")) * Number(labels.get("num_gpu_blocks")),
    0,
  );
  return {
    iterations: sum(steps),
    isResting: asleep || sum(of(UPDATES)) > 0,
    waiting: sum(of(WAITING)),
    preemptions: sum(of(PREEMPTIONS)),
    ...(Number.isFinite(kvTokens) && kvTokens > 0 ? { kvTokens } : {}),
  };
}

function sum(samples: readonly MetricSample[]): number {
  return samples.reduce((all, { value }) => all + value, 0);
}
