import { z } from "zod";

const Tokens = z.int().min(0).max(100_000_000);
const Texts = z.array(z.string().min(1)).max(1000);
const TokenIds = z.array(z.int().min(0)).max(100_000);
const Penalty = z.number().min(-2).max(2);
const Members = z.record(z.string(), z.unknown());

/**
 * What a model session forces on every call of its agent: members of a Responses request, and vLLM's own beside them. A misspelt one
 * would sample otherwise than the trainer believes, so that unknown ones are refused.
 */
export const SessionSampling = z
  .strictObject({
    temperature: z.number().min(0).max(100),
    top_p: z.number().gt(0).max(1),
    top_k: z.int().min(-1),
    min_p: z.number().min(0).max(1),
    max_output_tokens: Tokens.min(1),
    min_tokens: Tokens,
    thinking_token_budget: Tokens,
    presence_penalty: Penalty,
    frequency_penalty: Penalty,
    repetition_penalty: z.number().gt(0),
    seed: z.int(),
    stop: z.union([z.string().min(1), Texts]),
    stop_token_ids: TokenIds,
    ignore_eos: z.boolean(),
    include_stop_str_in_output: z.boolean(),
    skip_special_tokens: z.boolean(),
    spaces_between_special_tokens: z.boolean(),
    bad_words: Texts,
    allowed_token_ids: TokenIds,
    logit_bias: z.record(z.string().regex(/^\d+$/, "expected a token id"), z.number()),
    parallel_tool_calls: z.boolean(),
    reasoning: Members,
    text: Members,
    structured_outputs: Members,
    chat_template_kwargs: Members,
    priority: z.int(),
    cache_salt: z.string().min(1).max(256),
    vllm_xargs: Members,
    max_tokens: z.never("the Responses API calls it max_output_tokens"),
    max_completion_tokens: z.never("the Responses API calls it max_output_tokens"),
    reasoning_effort: z.never("the Responses API calls it reasoning.effort"),
    response_format: z.never("the Responses API calls it text.format"),
    model: z.never("give the model as the session's `model`"),
    stream: z.never("each call of the agent says whether it streams"),
    tools: z.never("the agent declares its tools"),
  })
  .partial();
