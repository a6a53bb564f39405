import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { ModelGateway, ModelSessionState } from "../../models/index.ts";
import type { HandlersOf } from "../route-types.ts";

type SessionRoutes =
  | "openModelSession"
  | "getModelSession"
  | "listModelSessionSamples"
  | "endModelSession"
  | "deleteModelSession";

/** Handlers of the rollout gateway's sessions; without a gateway there are no models. */
export function modelSessionHandlers(gateway: ModelGateway | null): HandlersOf<SessionRoutes> {
  const of = (id: string): ModelGateway => {
    if (gateway) return gateway;
    throw new SandlotError("not_found", { kind: "model session", id });
  };
  return {
    async openModelSession(ctx, { body }) {
      if (!gateway) throw new SandlotError("unknown_model", { name: body.model });
      const { root, ...state } = await gateway.open(ctx, {
        model: body.model,
        group: body.group ?? null,
        sampling: new Map(Object.entries(body.sampling).map(([key, value]) => [key, JSON.stringify(value)])),
        lifetimeMs: body.lifetime_seconds * 1000,
        maxCalls: body.max_calls,
      });
      return { body: { ...view(state), base_url: `${root}/v1`, anthropic_base_url: root } };
    },
    async getModelSession(ctx, { params }) {
      return { body: view(of(params.id).get(ctx, params.id)) };
    },
    async listModelSessionSamples(ctx, { params, query }) {
      const page = { from: Number(query.cursor ?? 0), limit: query.limit };
      const { items, next, complete } = of(params.id).samples(ctx, params.id, page);
      return { body: { items, next_cursor: String(next), complete } };
    },
    async endModelSession(ctx, { params }) {
      return { body: view(of(params.id).end(ctx, params.id)) };
    },
    async deleteModelSession(ctx, { params }) {
      return { body: view(of(params.id).remove(ctx, params.id)) };
    },
  };
}

function view({ id, model, calls, contiguity, bytes, ended, expiresAt }: ModelSessionState) {
  const { breaks, problems, ...counts } = contiguity;
  const report = { ...counts, breaks: [...breaks], problems: [...problems] };
  return { id, model, calls, contiguity: report, bytes, ended, expires_at: new Date(expiresAt).toISOString() };
}
