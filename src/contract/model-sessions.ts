import { z } from "zod";
import type { Route } from "./route.ts";
import { Contiguity } from "./rollouts.ts";
import { BranchSample } from "./samples.ts";
import { SessionSampling } from "./session-sampling.ts";

const DAY_SECONDS = 24 * 3600;

/** What `POST /api/v1/model-sessions` takes. */
const ModelSessionInput = z.strictObject({
  model: z.string().min(1).max(128).describe("A configured model."),
  group: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe("Equal for sessions that begin with the same prompt: they share a replica's cache."),
  sampling: SessionSampling.default({}).describe(
    "Members of a Responses request, and of vLLM's beside them, that replace what the agent asks for.",
  ),
  lifetime_seconds: z.number().positive().max(DAY_SECONDS).default(7200),
  max_calls: z.int().min(1).max(100_000).default(1000).describe("Questions to the tokenizer count, too."),
});

/** A session of the rollout gateway: one trajectory of somebody else's agent. */
const ModelSession = z
  .object({
    id: z.string(),
    model: z.string(),
    calls: z.int().describe("Answered so far."),
    contiguity: Contiguity,
    bytes: z.int().describe("Memory that the gateway holds of it; `gateway.session_bytes` is its bound."),
    ended: z.boolean(),
    expires_at: z.iso.datetime(),
  })
  .meta({ id: "ModelSession" });

/** An opened session: its URLs are what the agent gets, and their only secret. */
const OpenedModelSession = ModelSession.extend({
  base_url: z.string().describe("Base URL for clients of OpenAI's APIs."),
  anthropic_base_url: z.string().describe("Base URL for clients of Anthropic's API."),
}).meta({ id: "OpenedModelSession" });

/** Samples of one page. */
const MOST_SAMPLES = 100;

const BranchSamplePage = z
  .object({
    items: z.array(BranchSample),
    next_cursor: z.string().describe("Where to go on. Branches may change places as long as the session goes on."),
    complete: z.boolean().describe("True when the session has ended and this page reaches its end."),
  })
  .meta({ id: "BranchSamplePage" });

/** Calls of agents that are pointed at the gateway, and what they come to. */
export const MODEL_SESSION_ROUTES = {
  openModelSession: {
    method: "POST",
    path: "/api/v1/model-sessions",
    summary: "Open a base URL for one trajectory of an agent of the OpenAI or Anthropic APIs",
    scope: "jobs",
    body: ModelSessionInput,
    status: 201,
    response: OpenedModelSession,
  },
  getModelSession: {
    method: "GET",
    path: "/api/v1/model-sessions/{id}",
    summary: "One model session, and whether its calls join into one sequence of tokens",
    scope: "jobs",
    status: 200,
    response: ModelSession,
  },
  listModelSessionSamples: {
    method: "GET",
    path: "/api/v1/model-sessions/{id}/samples",
    summary:
      "Token-exact samples of a model session, one for each branch; once all are fetched, an ended session soon goes",
    scope: "jobs",
    query: z.object({
      cursor: z
        .string()
        .regex(/^\d{1,9}$/, "is not a cursor of this API")
        .optional(),
      limit: z.coerce
        .number()
        .int()
        .min(1)
        .max(MOST_SAMPLES)
        .default(MOST_SAMPLES)
        .describe("Samples. A page of more than a million tokens ends sooner."),
    }),
    status: 200,
    response: BranchSamplePage,
  },
  endModelSession: {
    method: "POST",
    path: "/api/v1/model-sessions/{id}/end",
    summary: "End a model session: its URL is worth nothing, calls in flight end, its samples wait to be fetched",
    scope: "jobs",
    status: 200,
    response: ModelSession,
  },
  deleteModelSession: {
    method: "DELETE",
    path: "/api/v1/model-sessions/{id}",
    summary: "End a model session and forget what it captured",
    scope: "jobs",
    status: 200,
    response: ModelSession,
  },
} as const satisfies Record<string, Route>;
