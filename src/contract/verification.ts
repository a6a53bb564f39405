import { z } from "zod";
import { OUTCOMES } from "../core/outcome.ts";
import { BOUNDS } from "./limits.ts";
import { ResponseObject } from "./responses.ts";
import { AttemptError } from "./rollouts.ts";
import { Verdict } from "./verdict.ts";

const Name = z
  .string()
  .min(1)
  .max(128)
  .refine((text) => !/\p{Cc}/u.test(text), "must not contain control characters");

const ITEM = {
  environment: Name.optional().describe("Items of a batch: default is the batch's."),
  task: Name.optional().describe("A task of the environment's dataset, by its id. Instead of `row`."),
  dataset: Name.optional().describe("Where `task` is looked for. Default: the environment's first dataset."),
  row: z.looseObject({}).optional().describe("A whole dataset row, with its tests. Instead of `task`."),
  answer: z.string().optional().describe("The model's final text. Instead of `response`."),
  response: ResponseObject.optional().describe("A Responses object. Instead of `answer`."),
};
const Item = z.strictObject(ITEM);
type Item = z.infer<typeof Item>;

/** One answer to one task. */
export const VerifyItem = Item.superRefine((item, ctx) => checkItem(item, ctx, [])).meta({ id: "VerifyItem" });
export type VerifyItem = z.output<typeof VerifyItem>;

/** What `POST /api/v1/verify` takes: one item, or a batch of them. */
export const VerifyInput = z
  .strictObject({ ...ITEM, items: z.array(Item).min(1).max(BOUNDS.itemsPerVerification).optional() })
  .superRefine(({ items, ...item }, ctx) => {
    if (!items) {
      checkItem(item, ctx, []);
      if (item.environment === undefined) problem(ctx, ["environment"], "is needed");
      return;
    }
    for (const name of ["task", "dataset", "row", "answer", "response"] as const)
      if (item[name] !== undefined) problem(ctx, [name], "give it in each of `items`");
    for (const [index, one] of items.entries()) {
      checkItem(one, ctx, ["items", index]);
      if ((one.environment ?? item.environment) === undefined)
        problem(ctx, ["items", index, "environment"], "is needed");
    }
  })
  .meta({ id: "VerifyInput" });
export type VerifyInput = z.output<typeof VerifyInput>;

function checkItem(item: Item, ctx: z.core.$RefinementCtx, path: readonly PropertyKey[]): void {
  const { task, row, dataset, answer, response } = item;
  if ((task === undefined) === (row === undefined))
    problem(ctx, [...path, "task"], "give a task or a row, and not both");
  if (row !== undefined && dataset !== undefined)
    problem(ctx, [...path, "dataset"], "goes with a task, not with a row");
  if ((answer === undefined) === (response === undefined))
    problem(ctx, [...path, "answer"], "give an answer or a response, and not both");
}

function problem(ctx: z.core.$RefinementCtx, path: PropertyKey[], message: string): void {
  ctx.addIssue({ code: "custom", path, message });
}

/** What came of one answer. */
export const VerifyResult = z
  .object({
    environment: z.string(),
    task_id: z.string().describe("The row's own id, or its position."),
    outcome: z.enum(OUTCOMES).describe("`scored`, or the fault that kept the answer from being judged."),
    reward: z.number().nullable().describe("Null unless a verifier spoke: a fault is never a reward of 0."),
    masked: z.boolean().describe("True when nothing may be learnt from it."),
    reason: z.string().nullable().describe("Status of the verdict's first failed test, or code of the error."),
    verdict: Verdict.nullable(),
    error: AttemptError.nullable().describe("The fault; null when the answer was judged."),
    verify_ms: z.number(),
  })
  .meta({ id: "VerifyResult" });
export type VerifyResult = z.infer<typeof VerifyResult>;

/** How many of a batch were judged. */
export const VerifyTally = z
  .object({
    requested: z.int(),
    scored: z.int(),
    masked: z.int(),
    mean_reward: z.number().nullable().describe("Over those that were judged."),
  })
  .meta({ id: "VerifyTally" });
export type VerifyTally = z.infer<typeof VerifyTally>;

export const VerifyBatchResult = VerifyTally.extend({
  items: z.array(VerifyResult).describe("In the order of the request."),
}).meta({ id: "VerifyBatchResult" });
export type VerifyBatchResult = z.infer<typeof VerifyBatchResult>;

/** Event `result` of a stream, as they complete. */
export const VerifyEvent = VerifyResult.extend({ index: z.int().min(0) }).meta({ id: "VerifyEvent" });
export type VerifyEvent = z.infer<typeof VerifyEvent>;
