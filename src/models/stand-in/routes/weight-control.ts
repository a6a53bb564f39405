import { createHash } from "node:crypto";
import type { WeightOperation } from "../replica/replica-metrics.ts";
import type { Replica } from "../replica/replica.ts";
import type { Exchange } from "../http/exchange.ts";
import { Fields } from "../http/fields.ts";
import { HttpError } from "../http/http-error.ts";

/** `POST /init_weight_transfer_engine` */
export function initTransfer(exchange: Exchange): void {
  const fields = new Fields(exchange.optionalObject());
  fields.object("init_info");
  fields.check();
  if (!("init_info" in fields.body)) throw badRequest("Missing 'init_info' in request body");
  operation(exchange.replica, "init", ({ weights }) => {
    weights.transferReady = true;
  });
  exchange.json(200, { message: "Weight transfer initialized" });
}

/** `POST /start_weight_update` */
export function startUpdate(exchange: Exchange): void {
  operation(exchange.replica, "start", ({ weights }) => {
    const active =
      "start_weight_update called while a weight update is already active. Call finish_weight_update first.";
    if (weights.updating) throw failedCall(active);
    weights.updating = true;
  });
  exchange.json(200, { message: "Weight update started" });
}

/** `POST /update_weights` */
export function updateWeights(exchange: Exchange): void {
  const body = exchange.optionalObject();
  if (!("update_info" in body)) throw badRequest("Missing 'update_info' in request body");
  operation(exchange.replica, "update", ({ weights }) => {
    if (!weights.updating) throw failedCall("start_weight_update must be called before update_weights.");
    weights.replaced();
  });
  exchange.json(200, { message: "Weights updated" });
}

/** `POST /finish_weight_update` */
export function finishUpdate(exchange: Exchange): void {
  const fields = new Fields(exchange.optionalObject());
  const version = fields.text("weight_version");
  fields.check();
  operation(exchange.replica, "finish", ({ weights }) => {
    if (!weights.updating) throw failedCall("start_weight_update must be called before finish_weight_update.");
    weights.updating = false;
    if (version !== null) weights.version = version;
  });
  exchange.json(200, { message: "Weight update finished" });
}

/** `POST /update_weight_version` */
export function updateVersion(exchange: Exchange): void {
  const fields = new Fields(exchange.object());
  fields.require("new_version");
  const version = fields.text("new_version") ?? "";
  fields.check();
  exchange.replica.weights.version = version;
  exchange.json(200, { success: true, new_version: version });
}

/** `GET /weight_info` */
export function weightInfo(exchange: Exchange): void {
  exchange.json(200, { weight_version: exchange.replica.weights.version });
}

/** `POST /weight_checker`: checksums that change with every update. */
export function weightChecker(exchange: Exchange): void {
  const { weights, driver } = exchange.replica;
  if (driver.engine.paused !== null)
    throw new HttpError(409, "The engine is paused; resume it before checking weights.");
  const names = ["model.embed_tokens.weight", "model.layers.0.self_attn.qkv_proj.weight", "model.norm.weight"];
  const checksums = names.map((name) => [
    `dp0:pp0:pcp0:tp0:${name}`,
    createHash("sha256").update(`${name} ${weights.generation}`).digest("hex"),
  ]);
  exchange.json(200, { checksums: Object.fromEntries(checksums) as Record<string, string> });
}

/** `GET /get_world_size` */
export function worldSize(exchange: Exchange): void {
  exchange.json(200, { world_size: 1 });
}

/** `GET /kv_event_sources` */
export function kvEventSources(exchange: Exchange): void {
  exchange.json(200, {});
}

/** `POST /collective_rpc`: `reload_weights` is the one method there is. */
export function collectiveRpc(exchange: Exchange): void {
  const fields = new Fields(exchange.optionalObject());
  const method = fields.text("method");
  fields.check();
  if (method === null) throw badRequest("Missing 'method' in request body");
  if (method !== "reload_weights") throw failedCall(`Method '${method}' is not implemented.`);
  exchange.replica.weights.replaced();
  exchange.json(200, { results: [null] });
}

function operation(replica: Replica, name: WeightOperation, run: (replica: Replica) => void): void {
  const { clock } = replica.settings;
  const started = clock.monotonic();
  run(replica);
  replica.metrics.weightOperations[name].observe((clock.monotonic() - started) / 1000);
}

function failedCall(reason: string): HttpError {
  return new HttpError(500, `Call to collective_rpc method failed: ${reason}`);
}

function badRequest(message: string): HttpError {
  return new HttpError(400, message, { type: "Bad Request" });
}
