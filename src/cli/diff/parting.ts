import { isJsonObject } from "../../core/json/parse.ts";

/** Where a trajectory parts from another one. */
export interface Parting {
  /** Position of the first item that differs, from 0. */
  readonly item: number;
  /** What stands there; null where the trajectory is at its end. */
  readonly here: string | null;
  readonly there: string | null;
}

/** Members that differ between any two rollouts, and those that engines add. */
const IGNORED: ReadonlySet<string> = new Set([
  "id",
  "call_id",
  "created_at",
  "encrypted_content",
  "logprobs",
  "prompt_token_ids",
  "generation_token_ids",
  "generation_log_probs",
  "routed_experts",
]);

/** The first item in which the trajectories differ; null when they say the same. Ids and tokens do not count. */
export function partingOf(here: readonly unknown[], there: readonly unknown[]): Parting | null {
  for (let item = 0; item < Math.max(here.length, there.length); item++) {
    if (item < here.length && item < there.length && said(here[item]) === said(there[item])) continue;
    const text = (items: readonly unknown[]) => (item < items.length ? itemText(items[item]) : null);
    return { item, here: text(here), there: text(there) };
  }
  return null;
}

function said(item: unknown): string {
  return JSON.stringify(item, (key, value: unknown) => (IGNORED.has(key) || value === null ? undefined : value));
}

/** Characters of an item that are kept: what differs may come late. */
const KEPT = 20_000;

/** An item in a line: who speaks, and what is said. */
function itemText(item: unknown): string {
  if (!isJsonObject(item)) return "?";
  const kind = typeof item["type"] === "string" ? item["type"] : "message";
  const text = (value: unknown) => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
  if (kind === "function_call") return `${text(item["name"])}(${text(item["arguments"]).slice(0, KEPT)})`;
  if (kind === "function_call_output") return `result ${text(item["output"]).slice(0, KEPT)}`;
  const content = item["content"] ?? item["summary"];
  const parts = Array.isArray(content)
    ? content.map((part: unknown) => (isJsonObject(part) ? text(part["text"]) : ""))
    : [];
  return `${kind} ${(parts.join("") || text(content ?? "")).slice(0, KEPT)}`;
}
