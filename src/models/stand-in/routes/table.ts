import { chat } from "./chat.ts";
import { completions } from "./completions.ts";
import * as engine from "./engine-control.ts";
import type { Handler } from "../http/exchange.ts";
import * as faults from "./faults.ts";
import { generate } from "./generate.ts";
import { countMessageTokens, messages } from "./messages.ts";
import { derenderChat, renderChatCall, renderResponsesCall } from "./render.ts";
import { responses } from "./responses.ts";
import { health, load, models, version } from "./status.ts";
import { detokenize, tokenize } from "./tokenize.ts";
import * as weights from "./weight-control.ts";

export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly handle: Handler;
  /** `generation`: what faults of calls strike. `development`: only in that mode. `mock`: what no vLLM has. */
  readonly kind: "plain" | "generation" | "development" | "mock";
}

const get = (path: string, handle: Handler, kind: Route["kind"] = "plain"): Route => ({
  method: "GET",
  path,
  handle,
  kind,
});
const post = (path: string, handle: Handler, kind: Route["kind"] = "plain"): Route => ({
  method: "POST",
  path,
  handle,
  kind,
});

/** All endpoints but `/metrics`. */
export const ROUTES: readonly Route[] = [
  get("/health", health),
  get("/ping", health),
  post("/ping", health),
  get("/version", version),
  get("/load", load),
  get("/v1/models", models),
  post("/v1/completions", completions, "generation"),
  post("/v1/chat/completions", chat, "generation"),
  post("/v1/responses", responses, "generation"),
  post("/v1/messages", messages, "generation"),
  post("/v1/messages/count_tokens", countMessageTokens),
  post("/inference/v1/generate", generate, "generation"),
  post("/inference/v1/abort_requests", engine.abortInference),
  post("/v1/chat/completions/render", renderChatCall),
  post("/v1/chat/completions/derender", derenderChat),
  post("/v1/responses/render", renderResponsesCall),
  post("/tokenize", tokenize),
  post("/detokenize", detokenize),
  post("/pause", engine.pause, "development"),
  post("/resume", engine.resume, "development"),
  get("/is_paused", engine.isPaused, "development"),
  post("/sleep", engine.sleep, "development"),
  post("/wake_up", engine.wakeUp, "development"),
  get("/is_sleeping", engine.isSleeping, "development"),
  post("/abort_requests", engine.abortRequests, "development"),
  post("/reset_prefix_cache", engine.resetPrefixCache, "development"),
  post("/init_weight_transfer_engine", weights.initTransfer, "development"),
  post("/start_weight_update", weights.startUpdate, "development"),
  post("/update_weights", weights.updateWeights, "development"),
  post("/finish_weight_update", weights.finishUpdate, "development"),
  post("/update_weight_version", weights.updateVersion, "development"),
  get("/weight_info", weights.weightInfo, "development"),
  post("/weight_checker", weights.weightChecker, "development"),
  get("/get_world_size", weights.worldSize, "development"),
  get("/kv_event_sources", weights.kvEventSources, "development"),
  post("/collective_rpc", weights.collectiveRpc, "development"),
  get("/mock/faults", faults.listFaults, "mock"),
  post("/mock/faults", faults.setFaults, "mock"),
  { method: "DELETE", path: "/mock/faults", handle: faults.clearFaults, kind: "mock" },
  get("/mock/state", faults.mockState, "mock"),
];
