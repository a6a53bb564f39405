import type { Replica } from "../replica/replica.ts";
import { Exposition, type Labels } from "./exposition.ts";
import type { Histogram } from "./histogram.ts";
import type { HttpMetrics } from "./http-metrics.ts";

/** A `/metrics` page with vLLM's names and labels. */
export function metricsPage(replica: Replica, http: HttpMetrics): string {
  const page = new Exposition(replica.created);
  writeProcess(page, replica.created);
  writeEngine(page, replica);
  writeRequests(page, replica);
  writeCacheConfig(page, replica);
  http.write(page);
  writeOperations(page, replica);
  return page.toString();
}

function writeProcess(page: Exposition, created: number): void {
  const { user, system } = process.cpuUsage();
  page
    .gauge("process_resident_memory_bytes", "Resident memory size in bytes.", [[{}, process.memoryUsage.rss()]])
    .gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.", [[{}, created]])
    .gauge("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", [
      [{}, (user + system) / 1e6],
    ]);
}

function writeEngine(page: Exposition, { driver, settings, metrics }: Replica): void {
  const { engine } = driver;
  const counters = engine.counters;
  const labels: Labels = { engine: "0", model_name: settings.model };
  const by = (label: string, values: Readonly<Record<string, number>>) =>
    Object.entries(values).map(([value, count]) => [{ ...labels, [label]: value }, count] as const);
  const cached = counters.cachedPromptTokens;
  const usage = settings.legacyNames ? "vllm:gpu_cache_usage_perc" : "vllm:kv_cache_usage_perc";
  page
    .gauge("vllm:num_requests_running", "Number of requests in model execution batches.", [[labels, counters.running]])
    .gauge("vllm:num_requests_waiting", "Number of requests waiting to be processed.", [[labels, counters.waiting]])
    .gauge(
      "vllm:num_requests_waiting_by_reason",
      "Number of waiting requests by reason.",
      by("reason", { capacity: counters.waiting, deferred: 0 }),
    )
    .gauge(
      "vllm:engine_sleep_state",
      "Engine sleep state.",
      by("sleep_state", {
        awake: engine.sleepLevel === 0 ? 1 : 0,
        weights_offloaded: engine.sleepLevel === 1 ? 1 : 0,
        discard_all: engine.sleepLevel === 2 ? 1 : 0,
      }),
    )
    .gauge(usage, "KV-cache usage. 1 means 100 percent usage.", [[labels, counters.kvUsage]])
    .counter("vllm:prefix_cache_queries", "Prefix cache queries, in terms of number of queried tokens.", [
      [labels, counters.prefixQueries],
    ])
    .counter("vllm:prefix_cache_hits", "Prefix cache hits, in terms of number of cached tokens.", [
      [labels, counters.prefixHits],
    ])
    .counter("vllm:num_preemptions", "Cumulative number of preemption from the engine.", [
      [labels, counters.preemptions],
    ])
    .counter("vllm:prompt_tokens", "Number of prefill tokens processed.", [[labels, counters.promptTokens]])
    .counter(
      "vllm:prompt_tokens_by_source",
      "Number of prompt tokens by source.",
      by("source", { local_compute: counters.promptTokens - cached, local_cache_hit: cached, external_kv_transfer: 0 }),
    )
    .counter("vllm:prompt_tokens_cached", "Number of cached prompt tokens (local + external).", [[labels, cached]])
    .counter("vllm:generation_tokens", "Number of generation tokens processed.", [[labels, counters.generationTokens]])
    .counter(
      "vllm:request_success",
      "Count of successfully processed requests.",
      by("finished_reason", { ...metrics.finished, repetition: 0 }),
    )
    .counter(
      "vllm:admission_rejections",
      "Number of admission attempts rejected by a queue limit, by reason.",
      Object.entries(metrics.rejected).map(
        ([reason, count]) => [{ model_name: settings.model, reason }, count] as const,
      ),
    );
}

function writeRequests(page: Exposition, { settings, metrics }: Replica): void {
  const labels: Labels = { engine: "0", model_name: settings.model };
  const histograms: readonly (readonly [string, string, Histogram])[] = [
    ["request_prompt_tokens", "Number of prefill tokens processed.", metrics.promptTokens],
    ["request_generation_tokens", "Number of generation tokens processed.", metrics.generationTokens],
    ["iteration_tokens_total", "Histogram of number of tokens per engine_step.", metrics.stepTokens],
    [
      "request_max_num_generation_tokens",
      "Histogram of maximum number of requested generation tokens.",
      metrics.generationTokens,
    ],
    ["request_params_n", "Histogram of the n request parameter.", metrics.choices],
    ["request_params_max_tokens", "Histogram of the max_tokens request parameter.", metrics.maxTokens],
    ["time_to_first_token_seconds", "Histogram of time to first token in seconds.", metrics.timeToFirstToken],
    ["inter_token_latency_seconds", "Histogram of inter-token latency in seconds.", metrics.interTokenLatency],
    [
      "request_time_per_output_token_seconds",
      "Histogram of time_per_output_token_seconds per request.",
      metrics.timePerOutputToken,
    ],
    ["e2e_request_latency_seconds", "Histogram of e2e request latency in seconds.", metrics.requestTime],
    ["request_queue_time_seconds", "Histogram of time spent in WAITING phase for request.", metrics.queueTime],
    ["request_inference_time_seconds", "Histogram of time spent in RUNNING phase for request.", metrics.inferenceTime],
    ["request_prefill_time_seconds", "Histogram of time spent in PREFILL phase for request.", metrics.prefillTime],
    ["request_decode_time_seconds", "Histogram of time spent in DECODE phase for request.", metrics.decodeTime],
    ["request_num_preemptions", "Histogram of the number of times a request was preempted.", metrics.preemptions],
    [
      "request_prefill_kv_computed_tokens",
      "Histogram of new KV tokens computed during prefill (excluding cached tokens).",
      metrics.prefillTokens,
    ],
  ];
  for (const [name, help, histogram] of histograms) page.histogram(`vllm:${name}`, help, [[labels, histogram]]);
}

function writeCacheConfig(page: Exposition, { driver }: Replica): void {
  const { shape, capacity } = driver.engine;
  const labels = {
    block_size: String(shape.blockTokens),
    cache_dtype: "auto",
    enable_prefix_caching: "True",
    engine: "0",
    gpu_memory_utilization: "0.92",
    kv_cache_size_tokens: String(capacity),
    num_gpu_blocks: String(capacity / shape.blockTokens),
    prefix_caching_hash_algo: "sha256",
  };
  page.gauge("vllm:cache_config_info", "Information of the LLMEngine CacheConfig", [[labels, 1]]);
}

function writeOperations(page: Exposition, { metrics }: Replica): void {
  const operations = (histograms: Readonly<Record<string, Histogram>>) =>
    Object.entries(histograms).map(([operation, histogram]) => [{ operation }, histogram] as const);
  const none = (histograms: object) => Object.keys(histograms).map((operation) => [{ operation }, 0] as const);
  page
    .histogram(
      "vllm:sleep_mode_operation_duration_seconds",
      "Duration of one sleep-mode operation.",
      operations(metrics.sleepOperations),
    )
    .gauge(
      "vllm:sleep_mode_operations_in_flight",
      "Sleep-mode operations currently awaited.",
      none(metrics.sleepOperations),
    )
    .histogram(
      "vllm:rl_weight_update_operation_duration_seconds",
      "Duration of one weight-transfer operation.",
      operations(metrics.weightOperations),
    )
    .gauge(
      "vllm:rl_weight_update_operations_in_flight",
      "Weight-transfer operations currently awaited.",
      none(metrics.weightOperations),
    );
}
