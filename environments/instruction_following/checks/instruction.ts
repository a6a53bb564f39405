import type { CallContext } from "sandlot";
import { z } from "zod";

/** An instruction of IFEval's family: what a row has to say about it, and whether a response follows it. */
export interface Instruction {
  /** Keyword arguments. What Gym would draw at random when it is missing is required. */
  readonly kwargs: z.ZodType;
  readonly follows: (ctx: CallContext, text: string, kwargs: unknown) => Promise<boolean>;
}

/** Types an instruction by its keyword arguments. */
export function instruction<Kwargs extends z.ZodType>(
  kwargs: Kwargs,
  follows: (text: string, kwargs: z.output<Kwargs>, ctx: CallContext) => boolean | Promise<boolean>,
): Instruction {
  return { kwargs, follows: async (ctx, text, given) => follows(text, kwargs.parse(given), ctx) };
}

/** Keyword arguments of an instruction that has none. */
export const None = z.strictObject({});

export const Count = z.int().min(0);
export const Positive = z.int().min(1);
export const Text = z.string().min(1);
export const Relation = z.enum(["less than", "at least"]);

/** Whether a number stands in a relation to another one. */
export function compares(actual: number, relation: z.infer<typeof Relation>, wanted: number): boolean {
  return relation === "less than" ? actual < wanted : actual >= wanted;
}
