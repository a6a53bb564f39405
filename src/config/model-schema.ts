import { z } from "zod";
import { MAX_PAUSE_SECONDS, ROUTINGS } from "../contract/models.ts";

const HttpUrl = z.url({ protocol: /^https?$/, error: "expected an http or https URL, e.g. http://127.0.0.1:8000/v1" });
const FilePath = z.string().min(1).max(4096);

/** One replica of a fleet. */
export const ReplicaConfig = z.strictObject({
  url: HttpUrl,
  /** Default: host, port and path of the URL. */
  id: z.string().min(1).max(256).optional(),
  max_in_flight: z.int().min(1).max(100_000).optional(),
  /** vLLM's `--max-num-seqs`. */
  max_sequences: z.int().min(1).max(100_000).optional(),
  kv_tokens: z.int().min(1).optional(),
});
export type ReplicaConfig = z.output<typeof ReplicaConfig>;

/** What a replica is called. */
export function replicaId({ id, url }: ReplicaConfig): string {
  if (id !== undefined) return id;
  const { host, pathname } = new URL(url);
  return `${host}${pathname.replace(/\/+$/, "").replace(/\/v1$/, "")}`;
}

/** The replicas of a fleet. */
export const ReplicaList = z
  .array(ReplicaConfig)
  .min(1)
  .max(1024)
  .superRefine((list, context) => {
    const seen = new Set<string>();
    for (const [at, replica] of list.entries()) {
      const id = replicaId(replica);
      if (seen.has(id))
        context.addIssue({ code: "custom", path: [at, "id"], message: `another replica is ${id}: give each its id` });
      seen.add(id);
    }
  });

/** One model under a name of ours: an OpenAI-compatible endpoint, or a fleet of them. */
export const ModelConfig = z
  .strictObject({
    url: HttpUrl.optional(),
    /** A fleet, instead of `url`. */
    replicas: ReplicaList.optional(),
    /** A file with the list of `replicas`, in YAML or JSON, read again when it changes. */
    replicas_file: FilePath.optional(),
    /** How a fleet's calls are spread. `external`: `url` is a router that does it, and gets the session's headers. */
    routing: z.enum(ROUTINGS).default("sticky_least_cost"),
    /** Longest wait for a replica of a fleet. */
    queue_timeout_seconds: z
      .number()
      .positive()
      .max(24 * 3600)
      .default(600),
    /** Longest wait for a replica of a fleet to pause for a weight update. */
    pause_timeout_seconds: z.number().positive().max(MAX_PAUSE_SECONDS).default(300),
    /** The name the endpoint knows it by. */
    model: z.string().min(1).max(512),
    api: z.enum(["auto", "responses", "chat"]).default("auto"),
    api_key: z.string().min(1).max(8192).optional(),
    api_key_file: FilePath.optional(),
    /** Time limit of one call, all of its answer included. */
    timeout_seconds: z
      .number()
      .positive()
      .max(24 * 3600)
      .default(600),
    /** Further tries of one call after a failure that may pass. */
    retries: z.int().min(0).max(100).default(2),
    /** Rollouts of one process that use it at once. Default: as many as a fleet advises; any number beside `url`. */
    max_rollouts: z.int().min(1).max(100_000).optional(),
    /** Whether to ask the engine for token ids and log-probabilities, and for later turns from ids. */
    tokens: z.boolean().default(false),
    /** Whether the endpoint replays recorded answers; rollouts are stamped with it and refused by trainer exports. */
    replay: z.boolean().default(false),
  })
  .refine((entry) => entry.api_key === undefined || entry.api_key_file === undefined, {
    error: "give api_key or api_key_file, not both",
    path: ["api_key"],
  })
  .refine(
    ({ url, replicas, replicas_file }) =>
      [url, replicas, replicas_file].filter((one) => one !== undefined).length === 1,
    {
      error: "give one of url, replicas and replicas_file",
      path: ["url"],
    },
  )
  .refine(({ routing, url }) => routing !== "external" || url !== undefined, {
    error: "external routing wants the router's url",
    path: ["routing"],
  });
