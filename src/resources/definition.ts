import type { z } from "zod";
import type { ResponseObject, ResponsesCreateParams } from "../contract/responses.ts";
import type { Verdict } from "../contract/verdict.ts";
import type { CallContext } from "../core/context.ts";
import type { AnswerSubmission, Submission } from "../verification/index.ts";
import type { EnvironmentManifest } from "./manifest.ts";
import type { ToolSession, ToolSessionOptions } from "./tool-session/index.ts";

/** A program and its tests; where it runs is the environment's to say. */
export type SubmittedProgram = Omit<Submission, "image" | "resource" | "runtime">;

/** An answer to a mathematical question, and what is expected; where they are compared is the environment's to say. */
export type SubmittedAnswer = Omit<AnswerSubmission, "image" | "resource" | "runtime" | "limits">;

/** What the platform does for a resource. */
export interface ResourceServices {
  /** Judges a program by its tests, in sandboxes as `environment.yaml` names them. */
  verify(ctx: CallContext, sandbox: string, program: SubmittedProgram): Promise<Verdict>;
  /** Judges a mathematical answer; the sandbox's image has to have math-verify. */
  verifyAnswer(ctx: CallContext, sandbox: string, answer: SubmittedAnswer): Promise<Verdict>;
  /**
   * A program that keeps its state, for a tool: within the sandbox's limits, for no longer than `ctx` lasts. Waits for a
   * place. Whoever opens it closes it, at the latest in the resource's `close`.
   */
  openSession(ctx: CallContext, sandbox: string, options: ToolSessionOptions): Promise<ToolSession>;
}

/** What every function of a resource gets. */
export interface ResourceInput<Row> {
  /** The row, as its schema parsed it. */
  readonly row: Row;
  readonly manifest: EnvironmentManifest;
  readonly services: ResourceServices;
}

export interface ToolDefinition<Row, Args, State> {
  readonly description: string;
  readonly arguments: Args;
  /** Answers the text that the model reads. */
  run(
    ctx: CallContext,
    input: ResourceInput<Row> & { readonly state: State; readonly arguments: z.output<Args> },
  ): Promise<string>;
}

export interface VerifyInput<Row, State> extends ResourceInput<Row> {
  readonly state: State;
  readonly response: ResponseObject;
  /** The assistant's final words: every output text of the response, joined. */
  readonly answer: string;
}

/** A resource: the row's schema, what a session holds, tools and verification. */
export interface ResourceDefinition<Row extends z.ZodType = z.ZodType, State = unknown, Tools = AnyTools> {
  /** Rows that do not fit are refused when the job is submitted. Use loose objects: rows may carry more. */
  readonly row: Row;
  /**
   * What the model is asked by rows that have no `responses_create_params`; without it, every row must have them. Where it
   * names no tools, all of `tools` are declared.
   */
  readonly prompt?: (row: z.output<Row>) => ResponsesCreateParams;
  /** State of one rollout; absent for resources that keep none. */
  readonly seed?: (ctx: CallContext, input: ResourceInput<z.output<Row>>) => Promise<State>;
  readonly tools?: { readonly [Name in keyof Tools]: ToolDefinition<z.output<Row>, Tools[Name], State> };
  /** What the model reads when it calls a tool that its row declares and `tools` lacks; without it, a fault of the row. */
  readonly missingTool?: string;
  readonly verify: (ctx: CallContext, input: VerifyInput<z.output<Row>, State>) => Promise<Verdict>;
  readonly close?: (ctx: CallContext, state: State) => Promise<void>;
}

/** Schemas of tools' arguments, by the tools' names. */
type AnyTools = Readonly<Record<string, z.ZodType>>;

/**
 * Types a resource by its row's schema, by what `seed` makes and by the schemas of its tools' arguments;
 * `environments/<name>/resource.ts` exports the result as default.
 */
export function defineResource<Row extends z.ZodType, State = undefined, Tools extends AnyTools = AnyTools>(
  definition: ResourceDefinition<Row, State, Tools>,
): ResourceDefinition<Row, State, Tools> {
  return definition;
}
