export { createOpenAiClient } from "./client/client.ts";
export type { ApiChoice, OpenAiClientOptions } from "./client/options.ts";
export { type AdministeredFleet, FleetAdmin, type Member, openFleet } from "./fleet/index.ts";
export { openSession } from "./capture/open-session.ts";
export type { ModelCall, ModelClient, ModelRequest, TokenCapture } from "./port.ts";
export type { ReplayRecording } from "./replay/answer-book.ts";
export { type ReplayModel, type ReplayOptions, startReplayModel } from "./replay/server.ts";
export { type StandIn, type StandInOptions, startStandIn } from "./stand-in/index.ts";
