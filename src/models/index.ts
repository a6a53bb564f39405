export { createOpenAiClient } from "./openai/client.ts";
export type { ApiChoice, OpenAiClientOptions } from "./openai/options.ts";
export type { ModelCall, ModelClient, ModelRequest, TokenCapture } from "./port.ts";
export type { ReplayRecording } from "./replay/answer-book.ts";
export { type ReplayModel, type ReplayOptions, startReplayModel } from "./replay/server.ts";
export { type StandIn, type StandInOptions, startStandIn } from "./stand-in/index.ts";
