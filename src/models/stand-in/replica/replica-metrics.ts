import type { EngineStep } from "../engine/index.ts";
import {
  CHOICES_BOUNDS,
  FIRST_TOKEN_BOUNDS,
  OPERATION_BOUNDS,
  PER_TOKEN_BOUNDS,
  PREEMPTION_BOUNDS,
  REQUEST_BOUNDS,
  STEP_BOUNDS,
  TOKEN_BOUNDS,
} from "../metrics/bounds.ts";
import { Histogram } from "../metrics/histogram.ts";
import type { FinishReason, Generation } from "./generation.ts";

export type WeightOperation = "init" | "start" | "update" | "finish";

/** What a replica counts beside its engine. Times in seconds. */
export class ReplicaMetrics {
  readonly stepTokens = new Histogram(STEP_BOUNDS);
  readonly promptTokens = new Histogram(TOKEN_BOUNDS);
  readonly generationTokens = new Histogram(TOKEN_BOUNDS);
  readonly maxTokens = new Histogram(TOKEN_BOUNDS);
  readonly prefillTokens = new Histogram(TOKEN_BOUNDS);
  readonly choices = new Histogram(CHOICES_BOUNDS);
  readonly preemptions = new Histogram(PREEMPTION_BOUNDS);
  readonly timeToFirstToken = new Histogram(FIRST_TOKEN_BOUNDS);
  readonly interTokenLatency = new Histogram(PER_TOKEN_BOUNDS);
  readonly timePerOutputToken = new Histogram(PER_TOKEN_BOUNDS);
  readonly requestTime = new Histogram(REQUEST_BOUNDS);
  readonly queueTime = new Histogram(REQUEST_BOUNDS);
  readonly inferenceTime = new Histogram(REQUEST_BOUNDS);
  readonly prefillTime = new Histogram(REQUEST_BOUNDS);
  readonly decodeTime = new Histogram(REQUEST_BOUNDS);
  readonly finished: Record<FinishReason, number> = { stop: 0, length: 0, abort: 0, error: 0 };
  readonly rejected = { max_num_queued_reqs: 0, max_num_queued_tokens: 0 };
  readonly weightOperations: Record<WeightOperation, Histogram> = {
    init: new Histogram(OPERATION_BOUNDS),
    start: new Histogram(OPERATION_BOUNDS),
    update: new Histogram(OPERATION_BOUNDS),
    finish: new Histogram(OPERATION_BOUNDS),
  };
  readonly sleepOperations = { sleep: new Histogram(OPERATION_BOUNDS), wake: new Histogram(OPERATION_BOUNDS) };

  stepped({ tokens }: EngineStep): void {
    this.stepTokens.observe(tokens);
  }

  tokens({ times }: Generation, now: number): void {
    if (times.last === null) this.timeToFirstToken.observe((now - times.arrived) / 1000);
    else this.interTokenLatency.observe((now - times.last) / 1000);
  }

  ended(generation: Generation, now: number): void {
    const { plan, times, delivered } = generation;
    this.finished[generation.finish ?? "error"]++;
    this.promptTokens.observe(plan.prompt.length);
    this.generationTokens.observe(delivered);
    this.maxTokens.observe(plan.maxTokens);
    this.prefillTokens.observe(plan.prompt.length - generation.cachedTokens);
    this.preemptions.observe(generation.preemptions);
    const [started, first] = [times.started ?? now, times.first ?? now];
    this.requestTime.observe((now - times.arrived) / 1000);
    this.queueTime.observe((started - times.arrived) / 1000);
    this.inferenceTime.observe((now - started) / 1000);
    this.prefillTime.observe((first - started) / 1000);
    this.decodeTime.observe((now - first) / 1000);
    if (delivered > 1) this.timePerOutputToken.observe((now - first) / 1000 / (delivered - 1));
  }
}
