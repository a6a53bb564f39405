import { expect, it } from "vitest";
import { z } from "zod";
import { toolDeclarations } from "./tool-declarations.ts";

const tool = (schema: z.ZodType) => ({ description: "Does it", arguments: schema, run: async () => "" });

it("declares tools in their order, without a word that says nothing", () => {
  const move = tool(
    z.object({ x: z.int(), y: z.int().max(8).describe("row"), how: z.enum(["walk", "run"]).default("walk") }),
  );
  expect(toolDeclarations({ tools: { move, look: tool(z.object({})) } })).toEqual([
    {
      type: "function",
      name: "move",
      description: "Does it",
      parameters: {
        type: "object",
        properties: {
          x: { type: "integer" },
          y: { type: "integer", maximum: 8, description: "row" },
          how: { type: "string", enum: ["walk", "run"], default: "walk" },
        },
        required: ["x", "y"],
      },
    },
    { type: "function", name: "look", description: "Does it", parameters: { type: "object", properties: {} } },
  ]);
  expect(toolDeclarations({})).toEqual([]);
});

it("names the tool whose arguments no model could be told", () => {
  expect(() => toolDeclarations({ tools: { wait: tool(z.object({ until: z.date() })) } })).toThrow(
    /tool wait .*[Dd]ate/,
  );
});
