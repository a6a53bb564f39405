import { z } from "zod";
import { outputText, type ResponseObject } from "../contract/responses.ts";
import type { Verdict } from "../contract/verdict.ts";
import type { CallContext } from "../core/context.ts";
import { messageOf, SandlotError } from "../core/errors/sandlot-error.ts";
import { newId } from "../core/ids.ts";
import { parseJson } from "../core/json/parse.ts";
import type { ResourceDefinition, ResourceServices } from "./definition.ts";
import type { EnvironmentManifest } from "./manifest.ts";
import type { Resource, Row, SessionToken, StepResult } from "./port.ts";
import { parseRow } from "./row.ts";

export interface LocalResourceOptions {
  readonly manifest: EnvironmentManifest;
  readonly definition: ResourceDefinition;
  readonly services: ResourceServices;
}

interface Session {
  readonly row: unknown;
  readonly state: unknown;
}

/** A resource whose code runs in this process. */
export class LocalResource implements Resource {
  readonly #options: LocalResourceOptions;
  readonly #sessions = new Map<SessionToken, Session>();

  constructor(options: LocalResourceOptions) {
    this.#options = options;
  }

  async seed(ctx: CallContext, row: Row): Promise<SessionToken> {
    const { definition } = this.#options;
    const parsed = parseRow(definition, row.value, 1);
    const state = await this.#guarded(async () => definition.seed?.(ctx, this.#input(parsed)));
    const token = newId("request");
    this.#sessions.set(token, { row: parsed, state });
    return token;
  }

  async call(ctx: CallContext, token: SessionToken, tool: string, rawArguments: string): Promise<string> {
    const { row, state } = this.#session(token);
    const definition = this.#options.definition.tools?.[tool];
    if (!definition) {
      const answer = this.#options.definition.missingTool;
      if (answer === undefined) throw new SandlotError("tool_not_declared", { tool });
      return answer;
    }
    const read = definition.arguments.safeParse(parseJson(rawArguments));
    // The model's mistake, and the model's to read.
    if (!read.success) return JSON.stringify({ error: `Invalid tool call arguments: ${z.prettifyError(read.error)}` });
    return this.#guarded(() => definition.run(ctx, { ...this.#input(row), state, arguments: read.data }));
  }

  async verify(ctx: CallContext, token: SessionToken, _row: Row, response: ResponseObject): Promise<Verdict> {
    const { row, state } = this.#session(token);
    const answer = outputText(response.output);
    const verdict = await this.#guarded(() =>
      this.#options.definition.verify(ctx, { ...this.#input(row), state, response, answer }),
    );
    requireNumbers(verdict);
    return verdict;
  }

  step(): Promise<StepResult> {
    return Promise.reject(this.#failed("this environment has no steps"));
  }

  async close(ctx: CallContext, token: SessionToken): Promise<void> {
    const session = this.#sessions.get(token);
    this.#sessions.delete(token);
    if (session) await this.#options.definition.close?.(ctx, session.state);
  }

  #input(row: unknown) {
    const { manifest, services } = this.#options;
    return { row, manifest, services };
  }

  #session(token: SessionToken): Session {
    const session = this.#sessions.get(token);
    if (!session) throw this.#failed("the session is gone");
    return session;
  }

  /** What the environment's code throws of itself is a fault of the environment; coded errors keep their code. */
  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof SandlotError) throw error;
      throw this.#failed(messageOf(error), error);
    }
  }

  #failed(detail: string, cause?: unknown): SandlotError {
    return new SandlotError("resource_failed", { environment: this.#options.manifest.name, detail }, { cause });
  }
}

/** What is not a number would be stored as null, and read as something else. */
function requireNumbers({ reward, metrics = {}, reward_components: components = {} }: Verdict): void {
  const badNumber = (what: string) => new SandlotError("verifier_failed", { detail: `${what} is not a finite number` });
  if (!Number.isFinite(reward)) throw badNumber("the reward");
  for (const [name, value] of Object.entries(metrics)) if (!Number.isFinite(value)) throw badNumber(`metric ${name}`);
  for (const [name, value] of Object.entries(components))
    if (!Number.isFinite(value)) throw badNumber(`reward component ${name}`);
}
