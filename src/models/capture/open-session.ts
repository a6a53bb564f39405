import { newId } from "../../core/ids.ts";
import type { Caller, ModelClient, ModelSession } from "../port.ts";
import { CallLog } from "./call-log.ts";

/** The model for one attempt of one rollout: its calls are placed among each other. */
export function openSession(client: ModelClient, caller: Caller): ModelSession {
  const log = new CallLog();
  let turns = 0;
  return {
    name: client.name,
    async respond(ctx, request) {
      const call = await client.respond(ctx, request, { caller, number: ++turns, prefix: log.prefixOf(request.input) });
      const id = newId("call");
      const answered = {
        id,
        sent: request.input,
        answered: call.items,
        tokens: call.tokens,
        finishReason: call.finishReason,
      };
      const decode = async (ids: readonly number[]) => (await client.decode?.(ctx, ids).catch(() => null)) ?? null;
      const placement = await log.add(answered, decode);
      return { ...call, id, ...placement };
    },
    end: () => client.finish?.(caller.session),
  };
}
