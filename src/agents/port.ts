import type { RolloutLimits } from "../contract/limits.ts";
import type { ResponseObject } from "../contract/responses.ts";
import type { CallContext } from "../core/context.ts";
import type { Truncation } from "../core/outcome.ts";
import type { ModelSession, PlacedCall } from "../models/port.ts";
import type { Resource, Row, SessionToken } from "../resources/port.ts";

/** One model call with its place in the trajectory. */
export interface AgentCall {
  readonly role: string;
  readonly trainable: boolean;
  readonly model: string;
  readonly call: PlacedCall;
}

/** What an agent's work left behind. */
export interface AgentRun {
  readonly calls: readonly AgentCall[];
  /** Raw JSON text of every item after the row's input: outputs and tool results, in order. */
  readonly items: readonly string[];
  /** The last response with all items as its output and the summed usage; null when no call was answered. */
  readonly response: ResponseObject | null;
  /** The limit that ended the run, or null when the model came to an end by itself. */
  readonly truncatedBy: Truncation | null;
  readonly modelMs: number;
  readonly toolsMs: number;
}

export interface AgentTask {
  readonly row: Row;
  /** Raw JSON object, merged over the row's `responses_create_params`. */
  readonly sampling: string;
}

/** The loop that plays a task. */
export interface Agent {
  readonly name: string;
  /** Throws errors of the model, resource or sandbox domain; the limits of the policy end it as truncated. */
  run(
    ctx: CallContext,
    task: AgentTask,
    session: { readonly resource: Resource; readonly token: SessionToken },
    model: ModelSession,
    limits: RolloutLimits,
  ): Promise<AgentRun>;
}
