import type { Exchange } from "../http/exchange.ts";

/** `GET /health`: 503 once the engine is known to be dead; a hung one looks healthy. */
export function health(exchange: Exchange): void {
  exchange.empty(exchange.replica.driver.dead ? 503 : 200);
}

/** `GET /version` */
export function version(exchange: Exchange): void {
  exchange.json(200, { version: "0.32.0" });
}

/** `GET /load`: generation calls under way. */
export function load(exchange: Exchange): void {
  exchange.json(200, { server_load: exchange.replica.load });
}

/** `GET /v1/models` */
export function models(exchange: Exchange): void {
  const { settings, created, faults } = exchange.replica;
  const id = faults.strike("model-name")?.name ?? settings.model;
  const permission = {
    id: "modelperm-stand-in",
    object: "model_permission",
    created,
    allow_create_engine: false,
    allow_sampling: true,
    allow_logprobs: true,
    allow_search_indices: false,
    allow_view: true,
    allow_fine_tuning: false,
    organization: "*",
    group: null,
    is_blocking: false,
  };
  const model = {
    id,
    object: "model",
    created,
    owned_by: "vllm",
    root: settings.model,
    parent: null,
    max_model_len: settings.maxModelLength,
    permission: [permission],
  };
  exchange.json(200, { object: "list", data: [model] });
}
