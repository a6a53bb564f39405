import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import type { Row } from "../../src/resources/port.ts";
import type { CallContext } from "../../src/core/context.ts";
import type { Resource } from "../../src/resources/port.ts";
import type { JsonObject } from "../../src/core/json/parse.ts";

export type Tool = (rawArguments: string, ctx: CallContext) => string | Promise<string>;

/** A resource whose tools are functions, and which notes what was called. */
export interface MemoryResource extends Resource {
  readonly calls: { readonly tool: string; readonly rawArguments: string }[];
}

export function memoryResource(tools: Readonly<Record<string, Tool>>): MemoryResource {
  const calls: MemoryResource["calls"] = [];
  const absent = () => Promise.reject(new SandlotError("resource_failed", { environment: "test", detail: "not here" }));
  return {
    calls,
    seed: () => Promise.resolve("session"),
    call: async (ctx, _session, tool, rawArguments) => {
      calls.push({ tool, rawArguments });
      const run = tools[tool];
      return run === undefined ? absent() : run(rawArguments, ctx);
    },
    verify: absent,
    step: absent,
    close: () => Promise.resolve(),
  };
}

export function rowOf(raw: string): Row {
  return { raw, value: JSON.parse(raw) as JsonObject };
}

/** A row that declares tools of these names. */
export function rowWith(tools: readonly string[], params: Record<string, unknown> = {}): Row {
  const declared = tools.map((name) => ({ type: "function", name, parameters: { type: "object" } }));
  return rowOf(JSON.stringify({ responses_create_params: { input: "Go", tools: declared, ...params } }));
}
