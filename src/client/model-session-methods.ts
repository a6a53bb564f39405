import type { z } from "zod";
import type { MODEL_SESSION_ROUTES } from "../contract/model-sessions.ts";
import { type AnswerOf, callRoute, type CallOptions, type ListQuery } from "./call-route.ts";
import type { Transport } from "./transport.ts";

type Input = z.input<(typeof MODEL_SESSION_ROUTES)["openModelSession"]["body"]>;

/** Base URLs for agents, and what their calls came to. */
export interface ModelSessionMethods {
  openModelSession(session: Input, options?: CallOptions): Promise<AnswerOf<"openModelSession">>;
  getModelSession(id: string, options?: CallOptions): Promise<AnswerOf<"getModelSession">>;
  listModelSessionSamples(
    id: string,
    page?: ListQuery,
    options?: CallOptions,
  ): Promise<AnswerOf<"listModelSessionSamples">>;
  endModelSession(id: string, options?: CallOptions): Promise<AnswerOf<"endModelSession">>;
  deleteModelSession(id: string, options?: CallOptions): Promise<AnswerOf<"deleteModelSession">>;
}

export function modelSessionMethods(transport: Transport): ModelSessionMethods {
  return {
    openModelSession: (session, call) =>
      callRoute(transport, "openModelSession", { body: JSON.stringify(session) }, call),
    getModelSession: (id, call) => callRoute(transport, "getModelSession", { params: { id } }, call),
    listModelSessionSamples: (id, query, call) =>
      callRoute(transport, "listModelSessionSamples", { params: { id }, query: { ...query } }, call),
    endModelSession: (id, call) => callRoute(transport, "endModelSession", { params: { id } }, call),
    deleteModelSession: (id, call) => callRoute(transport, "deleteModelSession", { params: { id } }, call),
  };
}
