import { z } from "zod";

/**
 * The parts of OpenAI's Responses API that Sandlot reads. Everything is loose: what is not read here is kept as
 * raw text in trajectories and passed on as it came.
 */

const Text = z.string();

export const OutputTextPart = z.looseObject({ type: z.literal("output_text"), text: Text });

export const FunctionCallItem = z.looseObject({
  type: z.literal("function_call"),
  call_id: z.string(),
  name: z.string(),
  /** JSON text as the model wrote it; it may be invalid. */
  arguments: z.string(),
});

/** Any output item; unknown kinds are carried along unread. */
export const OutputItem = z.looseObject({ type: z.string() });
export type OutputItem = z.infer<typeof OutputItem>;

export const TokenUsage = z.looseObject({
  input_tokens: z.number(),
  output_tokens: z.number(),
  total_tokens: z.number(),
});
export type TokenUsage = z.infer<typeof TokenUsage>;

/** A Responses object, as endpoints answer it and as verifiers receive it. */
export const ResponseObject = z.looseObject({
  id: z.string(),
  object: z.literal("response"),
  model: z.string(),
  output: z.array(OutputItem),
  status: z.string().nullish(),
  incomplete_details: z.looseObject({ reason: z.string().nullish() }).nullish(),
  error: z.unknown().optional(),
  usage: TokenUsage.nullish(),
});
export type ResponseObject = z.infer<typeof ResponseObject>;

/** What a row asks of the model (NeMo Gym: `responses_create_params`). Fields not named here pass through. */
export const ResponsesCreateParams = z.looseObject({
  input: z.union([z.string(), z.array(z.looseObject({}))]),
  tools: z.array(z.looseObject({ type: z.string() })).nullish(),
});
export type ResponsesCreateParams = z.infer<typeof ResponsesCreateParams>;

/** The assistant's final words: every `output_text` part of every message item, in order, joined. */
export function outputText(output: readonly OutputItem[]): string {
  let text = "";
  for (const item of output) {
    if (item.type !== "message") continue;
    const content = item["content"];
    if (typeof content === "string") text += content;
    if (!Array.isArray(content)) continue;
    for (const part of content) {
      const read = OutputTextPart.safeParse(part);
      if (read.success) text += read.data.text;
    }
  }
  return text;
}
