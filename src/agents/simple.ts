import { type Clock, systemClock } from "../core/clock.ts";
import type { ModelCall } from "../models/port.ts";
import { openConversation } from "./conversation.ts";
import { createPolicyTime, OVERRUN } from "./policy-time.ts";
import type { Agent } from "./port.ts";
import { startRecord } from "./run-record.ts";
import { withinTokenBudget } from "./token-budget.ts";
import { callTool, toolCallsOf, toolResultItem } from "./tool-call.ts";

/** Model calls of a run whose limits name no number. */
const DEFAULT_TURNS = 64;

/** Seconds of the policy's own time of a run whose limits name none. */
const DEFAULT_WALL_SECONDS = 3600;

export interface SimpleAgentOptions {
  readonly clock?: Clock;
}

/**
 * The tool loop: ask the model, run its tool calls one after another, hand back the results, until it answers
 * with a message and no call. Earlier turns go back byte for byte. An answer with neither call nor message (only
 * reasoning, or nothing) is asked to go on once in a row; a second one ends the run.
 */
export function createSimpleAgent({ clock = systemClock }: SimpleAgentOptions = {}): Agent {
  return {
    name: "simple",
    run: async (ctx, task, session, model, limits) => {
      const { params, input, tools } = openConversation(task);
      const record = startRecord();
      const time = createPolicyTime(clock, (limits.wall_seconds ?? DEFAULT_WALL_SECONDS) * 1000);
      let toolCalls = 0;
      let silent = false;
      for (let turn = 1; ; turn++) {
        const request = {
          params: withinTokenBudget(params, limits.tokens, record.outputTokens),
          input: [...input, ...record.items],
        };
        const asking = clock.monotonic();
        const call = await time.within(ctx, `model ${model.name}`, (scope) => model.respond(scope, request));
        if (call === OVERRUN) {
          record.addTime("model", clock.monotonic() - asking);
          return record.end("time");
        }
        time.spend(call.durationMs);
        record.addCall(model.name, call);

        const spent = limits.tokens !== undefined && record.outputTokens >= limits.tokens;
        if (call.truncatedBy === "length" && spent) return record.end("tokens");
        if (call.truncatedBy !== null) return record.end(call.truncatedBy);
        const asked = toolCallsOf(call, model.name);
        // Nothing at all is an answer too, an empty one; after reasoning alone the model is asked once more.
        const answered = hasMessage(call) || call.items.length === 0;
        if (asked.length === 0 && (silent || answered)) return record.end(null);
        silent = asked.length === 0;
        if (spent) return record.end("tokens");

        for (const toolCall of asked) {
          if (limits.tool_calls !== undefined && toolCalls >= limits.tool_calls) return record.end("tool_calls");
          toolCalls++;
          const started = clock.monotonic();
          const waitingFor = `tool ${toolCall.name}`;
          const output = await time.within(ctx, waitingFor, (scope) => callTool(scope, session, tools, toolCall));
          const ms = clock.monotonic() - started;
          record.addTime("tools", ms);
          if (output === OVERRUN) return record.end("time");
          time.spend(ms);
          record.addToolResult(toolResultItem(toolCall, output));
        }
        if (turn >= (limits.turns ?? DEFAULT_TURNS)) return record.end("turns");
      }
    },
  };
}

function hasMessage(call: ModelCall): boolean {
  return call.answer.output.some((item) => item.type === "message" && (item["role"] ?? "assistant") === "assistant");
}
