export { chainBlocks } from "./chain-blocks.ts";
export type { EngineCounters } from "./counters.ts";
export { Engine, type PauseMode } from "./engine.ts";
export type { EngineEvent, EngineRequest, EngineStep } from "./request.ts";
export { DEFAULT_ENGINE_SHAPE, type EngineShape } from "./shape.ts";
