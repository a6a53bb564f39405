import type { ResponseObject, TokenUsage } from "../contract/responses.ts";
import { parseJson } from "../core/json/parse.ts";
import type { Truncation } from "../core/outcome.ts";
import type { PlacedCall } from "../models/port.ts";
import type { AgentCall, AgentRun } from "./port.ts";
import { addUsage } from "./usage.ts";

/** The trajectory of one branch while it grows. */
export interface RunRecord {
  /** Raw JSON text of every item after the row's input. */
  readonly items: readonly string[];
  /** Generated tokens so far, as the endpoint counts them. */
  readonly outputTokens: number;
  addCall(model: string, call: PlacedCall): void;
  addToolResult(item: string): void;
  /** Counts milliseconds; those of an answered call are counted with it. */
  addTime(kind: "model" | "tools", ms: number): void;
  /** What the run came to. */
  end(truncatedBy: Truncation | null): AgentRun;
}

/** A record without calls. Every call is the policy's. */
export function startRecord(): RunRecord {
  const calls: AgentCall[] = [];
  const items: string[] = [];
  let usage: TokenUsage | null = null;
  let modelMs = 0;
  let toolsMs = 0;
  return {
    items,
    get outputTokens() {
      return usage?.output_tokens ?? 0;
    },
    addCall: (model, call) => {
      calls.push({ role: "policy", trainable: true, model, call });
      items.push(...call.items);
      usage = addUsage(usage, call.usage);
      modelMs += call.durationMs;
    },
    addToolResult: (item) => {
      items.push(item);
    },
    addTime: (kind, ms) => {
      if (kind === "model") modelMs += ms;
      else toolsMs += ms;
    },
    end: (truncatedBy) => {
      const last = calls.at(-1)?.call.answer;
      const output = items.map((item) => parseJson(item) as ResponseObject["output"][number]);
      return { calls, items, response: last ? { ...last, output, usage } : null, truncatedBy, modelMs, toolsMs };
    },
  };
}
