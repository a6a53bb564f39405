import { newId } from "../../core/ids.ts";
import { entriesOf } from "../dialects/entries.ts";
import type { Caller, ModelCall, ModelClient, ModelSession } from "../port.ts";
import { CallLog } from "./call-log.ts";
import { frameOf } from "./frame.ts";

/** The model for one attempt of one rollout: its calls are placed among each other, in a log that others may read. */
export function openSession(client: ModelClient, caller: Caller, log = new CallLog()): ModelSession {
  let turns = 0;
  return {
    name: client.name,
    async respond(ctx, request) {
      const asked = log.ask(entriesOf(request), frameOf(request));
      const turn = { caller, number: ++turns, prefix: asked.prefix };
      const call = await client.respond(ctx, request, turn);
      const { items, tokens } = call;
      const id = newId("call");
      const answered = { id, answered: items, tokens, endsTurn: endsTurn(call) };
      const decode = async (ids: readonly number[]) => (await client.decode?.(ctx, ids).catch(() => null)) ?? null;
      const placement = await log.add(asked, answered, decode);
      return { ...call, id, ...placement };
    },
    tokenizer: async (ctx, path, body) => (await client.tokenizer?.(ctx, path, body)) ?? null,
    end: () => {
      log.end();
      client.finish?.(caller.session);
    },
  };
}

/** A turn that a text to stop at has ended lacks its end token. */
function endsTurn({ finishReason, stopReason = null }: ModelCall): boolean {
  return (finishReason === "stop" || finishReason === "tool_calls") && stopReason === null;
}
