import type { z } from "zod";
import type { FLEET_ROUTES } from "../contract/models.ts";
import { type AnswerOf, callRoute, type CallOptions } from "./call-route.ts";
import type { Transport } from "./transport.ts";

type Body<R extends "putReplicas" | "pauseModel" | "resumeModel"> = z.input<(typeof FLEET_ROUTES)[R]["body"]>;

/** Milliseconds for a pause: it may wait for every call in flight. */
const ORDER_TIMEOUT_MS = 900_000;

/** What operators and trainers do with a model's fleet. */
export interface FleetMethods {
  getFleet(model: string, options?: CallOptions): Promise<AnswerOf<"getFleet">>;
  /** Replaces the membership as a whole. */
  putReplicas(model: string, replicas: Body<"putReplicas">, options?: CallOptions): Promise<AnswerOf<"putReplicas">>;
  /** `on` false takes the replica back. Default true. */
  drainReplica(model: string, replica: string, on?: boolean, options?: CallOptions): Promise<AnswerOf<"drainReplica">>;
  pauseModel(model: string, pause?: Body<"pauseModel">, options?: CallOptions): Promise<AnswerOf<"pauseModel">>;
  resumeModel(model: string, update?: Body<"resumeModel">, options?: CallOptions): Promise<AnswerOf<"resumeModel">>;
}

export function fleetMethods(transport: Transport): FleetMethods {
  const order = { timeoutMs: ORDER_TIMEOUT_MS };
  return {
    getFleet: (name, call) => callRoute(transport, "getFleet", { params: { name } }, call),
    putReplicas: (name, replicas, call) =>
      callRoute(transport, "putReplicas", { params: { name }, body: JSON.stringify(replicas) }, call),
    drainReplica: (name, id, on = true, call) =>
      callRoute(transport, "drainReplica", { params: { name, id }, body: JSON.stringify({ on }) }, call),
    pauseModel: (name, pause = {}, call) =>
      callRoute(transport, "pauseModel", { params: { name }, body: JSON.stringify(pause) }, { ...order, ...call }),
    resumeModel: (name, update = {}, call) =>
      callRoute(transport, "resumeModel", { params: { name }, body: JSON.stringify(update) }, { ...order, ...call }),
  };
}
