import { z } from "zod";

/** One model: an OpenAI-compatible endpoint under a name of ours. */
export const ModelConfig = z
  .strictObject({
    url: z.url({ protocol: /^https?$/, error: "expected an http or https URL, e.g. http://127.0.0.1:8000/v1" }),
    /** The name the endpoint knows it by. */
    model: z.string().min(1).max(512),
    api: z.enum(["auto", "responses", "chat"]).default("auto"),
    api_key: z.string().min(1).max(8192).optional(),
    api_key_file: z.string().min(1).max(4096).optional(),
    /** Time limit of one call, all of its answer included. */
    timeout_seconds: z
      .number()
      .positive()
      .max(24 * 3600)
      .default(600),
    /** Further tries of one call after a failure that may pass. */
    retries: z.int().min(0).max(100).default(2),
    /** Whether to ask the engine for token ids and log-probabilities. */
    tokens: z.boolean().default(false),
    /** Whether the endpoint replays recorded answers; rollouts are stamped with it and refused by trainer exports. */
    replay: z.boolean().default(false),
  })
  .refine((entry) => entry.api_key === undefined || entry.api_key_file === undefined, {
    error: "give api_key or api_key_file, not both",
    path: ["api_key"],
  });
