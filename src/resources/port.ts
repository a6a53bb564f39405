import type { JsonObject } from "../core/json/parse.ts";
import type { ResponseObject } from "../contract/responses.ts";
import type { Verdict } from "../contract/verdict.ts";
import type { CallContext } from "../core/context.ts";

/** One dataset row: its exact text, and what JavaScript reads in it. */
export interface Row {
  readonly raw: string;
  readonly value: JsonObject;
}

/** Names a resource's state for one rollout. Opaque, and plain text, so that a resource may live elsewhere. */
export type SessionToken = string;

/** What a step of a gymnasium-like environment brought. */
export interface StepResult {
  /** Raw JSON text. */
  readonly observation: string;
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
}

/**
 * The server side of an environment. Everything that crosses it is text or plain data. A fault of the
 * environment throws an error of the resource, sandbox or verifier domain; a tool that fails answers text.
 */
export interface Resource {
  /** Opens a session for one rollout of `row`. */
  seed(ctx: CallContext, row: Row): Promise<SessionToken>;
  /** Calls a tool the row declares; `rawArguments` is the model's JSON text, the answer is the raw text for the model. */
  call(ctx: CallContext, session: SessionToken, tool: string, rawArguments: string): Promise<string>;
  /** Verifies a final answer; never runs where the rollout's agent acted. */
  verify(ctx: CallContext, session: SessionToken, row: Row, response: ResponseObject): Promise<Verdict>;
  /** One step of a gymnasium-like environment. Others throw `resource_failed`. */
  step(ctx: CallContext, session: SessionToken, action: string): Promise<StepResult>;
  /** Ends the session; never throws for one that is gone. */
  close(ctx: CallContext, session: SessionToken): Promise<void>;
}
