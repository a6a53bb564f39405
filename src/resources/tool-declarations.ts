import { z } from "zod";
import { messageOf } from "../core/errors/sandlot-error.ts";
import type { ResourceDefinition } from "./definition.ts";

/** A function tool as OpenAI's Responses API declares it. */
export interface ToolDeclaration {
  readonly type: "function";
  readonly name: string;
  readonly description: string;
  /** JSON Schema of its arguments. */
  readonly parameters: object;
}

/** A resource's tools as a model is told of them; empty when it has none. Throws for arguments that JSON Schema cannot say. */
export function toolDeclarations({ tools = {} }: Pick<ResourceDefinition, "tools">): ToolDeclaration[] {
  return Object.entries(tools).map(([name, { description, arguments: schema }]) => ({
    type: "function",
    name,
    description,
    parameters: parametersOf(name, schema),
  }));
}

function parametersOf(tool: string, schema: z.ZodType): object {
  try {
    // Every token of it stands in every prompt: no dialect, and no bounds that say no more than "integer".
    const { $schema: _, ...parameters } = z.toJSONSchema(schema, {
      io: "input",
      override: ({ jsonSchema }) => {
        if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      },
    });
    return parameters;
  } catch (error) {
    throw new Error(`the arguments of tool ${tool} cannot be declared: ${messageOf(error)}`, { cause: error });
  }
}
