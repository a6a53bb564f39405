import { DEFAULT_ENGINE_SHAPE, Engine, type EngineShape, type EngineStep } from "../engine/index.ts";
import { FaultBoard } from "../faults/fault-board.ts";
import type { ReplicaSettings } from "../options.ts";
import { EngineDriver } from "./engine-driver.ts";
import { Generation, type GenerationPlan } from "./generation.ts";
import { ReplicaMetrics } from "./replica-metrics.ts";
import { Weights } from "./weights.ts";

/** One vLLM server without its HTTP: an engine in (scaled) time, its weights, its counts and its faults. */
export class Replica {
  readonly settings: ReplicaSettings;
  readonly driver: EngineDriver;
  readonly weights = new Weights();
  readonly metrics = new ReplicaMetrics();
  readonly faults: FaultBoard;
  /** Epoch seconds. */
  readonly created: number;
  /** HTTP calls under way that the server's load counts: generations. */
  load = 0;
  /** Calls of each endpoint for development. */
  readonly adminCalls = new Map<string, number>();
  /** What sleeps: parts that `wake_up` may name. */
  readonly asleep = new Set<"weights" | "kv_cache">();
  #calls = 0;
  #sequences = 0;

  constructor(settings: ReplicaSettings) {
    const { clock, engine, speed, maxModelLength } = settings;
    this.settings = settings;
    this.created = Math.floor(clock.now() / 1000);
    this.driver = new EngineDriver({
      engine: new Engine(shapeFor(engine, maxModelLength)),
      speed,
      clock,
      events: {
        version: () => this.weights.version,
        stepped: (step: EngineStep) => this.metrics.stepped(step),
        tokens: (generation, now) => this.metrics.tokens(generation, now),
        ended: (generation) => this.metrics.ended(generation, clock.monotonic()),
      },
    });
    this.faults = new FaultBoard(clock, (board) => this.#applyFaults(board));
  }

  /** A number that no other call of this replica had. */
  nextCall(): number {
    return this.#calls++;
  }

  /** A sequence of a call, ready to run. Callers may use a call's id again, so sequences have ids of their own. */
  generation(callId: string, plan: GenerationPlan): Generation {
    return new Generation(`${callId}#${this.#sequences++}`, callId, plan, this.settings.clock.monotonic());
  }

  /** Whether one more request would be one too many. */
  get full(): boolean {
    const { running, waiting } = this.driver.engine.counters;
    const { maxQueuedRequests } = this.settings;
    return maxQueuedRequests !== null && running + waiting >= maxQueuedRequests;
  }

  close(): void {
    this.driver.close();
  }

  #applyFaults(board: FaultBoard): void {
    this.driver.slowness = board.on("slow")?.factor ?? 1;
    this.driver.hung = board.on("hang") !== null;
    this.driver.dead = board.on("engine-dead") !== null;
  }
}

/** The engine's shape, with room for the longest request. */
function shapeFor(engine: Partial<EngineShape>, maxModelLength: number): EngineShape {
  const shape = { ...DEFAULT_ENGINE_SHAPE, ...engine };
  return { ...shape, kvTokens: Math.max(shape.kvTokens, maxModelLength + shape.blockTokens) };
}
