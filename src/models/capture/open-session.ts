import { newId } from "../../core/ids.ts";
import { entriesOf } from "../dialects/entries.ts";
import type { Caller, ModelClient, ModelSession } from "../port.ts";
import { CallLog } from "./call-log.ts";

/** The model for one attempt of one rollout: its calls are placed among each other. */
export function openSession(client: ModelClient, caller: Caller): ModelSession {
  const log = new CallLog();
  let turns = 0;
  return {
    name: client.name,
    async respond(ctx, request) {
      const sent = entriesOf(request);
      const call = await client.respond(ctx, request, { caller, number: ++turns, prefix: log.prefixOf(sent) });
      const { items, tokens, finishReason } = call;
      const id = newId("call");
      const answered = { id, sent, answered: items, tokens, finishReason };
      const decode = async (ids: readonly number[]) => (await client.decode?.(ctx, ids).catch(() => null)) ?? null;
      const placement = await log.add(answered, decode);
      return { ...call, id, ...placement };
    },
    tokenizer: async (ctx, path, body) => (await client.tokenizer?.(ctx, path, body)) ?? null,
    end: () => client.finish?.(caller.session),
  };
}
