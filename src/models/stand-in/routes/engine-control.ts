import type { PauseMode } from "../engine/index.ts";
import type { Exchange } from "../http/exchange.ts";
import { Fields } from "../http/fields.ts";
import { requireScaleOut } from "./generate.ts";
import { HttpError, invalidShape } from "../http/http-error.ts";

const PARTS = ["weights", "kv_cache"] as const;
const MODES: readonly PauseMode[] = ["abort", "wait", "keep"];

/** `POST /pause?mode=abort|wait|keep&clear_cache=true`: with `wait`, answers when all have finished. */
export async function pause(exchange: Exchange): Promise<void> {
  const { driver } = exchange.replica;
  const asked = exchange.query.get("mode") ?? "abort";
  const mode = MODES.find((known) => known === asked);
  if (!mode) {
    const expected = "'abort', 'wait' or 'keep'";
    const msg = `Input should be ${expected}`;
    throw invalidShape([{ type: "literal_error", loc: "query.mode", msg, input: asked, ctx: { expected } }]);
  }
  await driver.pause(mode);
  // As vLLM 0.32 does: calls that `keep` has frozen are computed anew.
  if (exchange.query.get("clear_cache") !== "false") driver.engine.resetPrefixCache({ preempt: true });
  exchange.json(200, { status: "paused" });
}

/** `POST /resume` */
export function resume(exchange: Exchange): void {
  exchange.replica.driver.resume();
  exchange.json(200, { status: "resumed" });
}

/** `GET /is_paused` */
export function isPaused(exchange: Exchange): void {
  const { engine } = exchange.replica.driver;
  exchange.json(200, { is_paused: engine.paused !== null });
}

/** `POST /sleep?level=1|2` */
export function sleep(exchange: Exchange): void {
  const { replica } = exchange;
  const started = replica.settings.clock.monotonic();
  const level = exchange.query.get("level") === "2" ? 2 : 1;
  replica.driver.sleep(level);
  for (const part of PARTS) replica.asleep.add(part);
  replica.metrics.sleepOperations.sleep.observe((replica.settings.clock.monotonic() - started) / 1000);
  exchange.json(200, { status: "sleeping", level });
}

/** `POST /wake_up?tags=weights&tags=kv_cache`: when all parts are awake, requests held meanwhile begin. */
export function wakeUp(exchange: Exchange): void {
  const { replica } = exchange;
  const started = replica.settings.clock.monotonic();
  const tags = exchange.query.getAll("tags");
  for (const part of PARTS) if (tags.length === 0 || tags.includes(part)) replica.asleep.delete(part);
  if (replica.asleep.size === 0) replica.driver.resume();
  replica.metrics.sleepOperations.wake.observe((replica.settings.clock.monotonic() - started) / 1000);
  exchange.json(200, { status: "awake", tags: tags.length > 0 ? tags : null });
}

/** `GET /is_sleeping` */
export function isSleeping(exchange: Exchange): void {
  exchange.json(200, { is_sleeping: exchange.replica.driver.engine.sleepLevel > 0 });
}

/** `POST /abort_requests`: those with these ids, or all; they end with what they have. */
export function abortRequests(exchange: Exchange): void {
  const ids = requestIds(exchange);
  exchange.json(200, { status: "aborted", aborted: exchange.replica.driver.abort(ids ?? undefined) });
}

/** `POST /inference/v1/abort_requests` */
export function abortInference(exchange: Exchange): void {
  requireScaleOut(exchange);
  exchange.replica.driver.abort(requestIds(exchange) ?? []);
  exchange.empty();
}

/** `POST /reset_prefix_cache?reset_running_requests=true` */
export function resetPrefixCache(exchange: Exchange): void {
  const preempt = exchange.query.get("reset_running_requests") === "true";
  exchange.json(200, { success: exchange.replica.driver.engine.resetPrefixCache({ preempt }) });
}

function requestIds(exchange: Exchange): string[] | null {
  const fields = new Fields(exchange.optionalObject());
  const ids = fields.list("request_ids");
  fields.check();
  if (ids?.some((id) => typeof id !== "string")) throw new HttpError(400, "request_ids must be strings");
  return ids?.filter((id) => typeof id === "string") ?? null;
}
