import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { FleetAdmin } from "../../models/index.ts";
import type { HandlersOf } from "../route-types.ts";

type FleetRoutes = "getFleet" | "putReplicas" | "drainReplica" | "pauseModel" | "resumeModel";

/** Handlers of models' fleets; without any, no fleet is found. */
export function fleetHandlers(admin: FleetAdmin | null): HandlersOf<FleetRoutes> {
  const of = (name: string): FleetAdmin => {
    if (admin) return admin;
    throw new SandlotError("not_found", { kind: "fleet", id: name });
  };
  return {
    async getFleet(_ctx, { params }) {
      return { body: of(params.name).view(params.name) };
    },
    async putReplicas(_ctx, { params, body }) {
      return { body: of(params.name).setReplicas(params.name, body) };
    },
    async drainReplica(_ctx, { params, body }) {
      return { body: of(params.name).drain(params.name, params.id, body.on) };
    },
    async pauseModel(ctx, { params, body }) {
      const timeoutMs = body.timeout_seconds && body.timeout_seconds * 1000;
      return { body: { replicas: await of(params.name).pause(ctx, params.name, body.mode, timeoutMs) } };
    },
    async resumeModel(ctx, { params, body }) {
      const update = { weightVersion: body.weight_version, failed: body.failed };
      return { body: { replicas: await of(params.name).resume(ctx, params.name, update) } };
    },
  };
}
