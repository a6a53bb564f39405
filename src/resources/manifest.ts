import { z } from "zod";
import { RolloutLimits } from "../contract/limits.ts";

const Megabytes = z.int().min(1).max(1_048_576);

/** Sandboxes that an environment needs, in its own words; what it leaves open is the image's to say. */
export const SandboxNeeds = z.strictObject({
  image: z.string().describe("A folder of sandboxes/."),
  memory_mb: Megabytes.optional().describe("Memory of one run."),
  scratch_mb: Megabytes.optional().describe("Files of one run."),
  processes: z.int().min(1).max(4096).optional().describe("Processes and threads of one run."),
  runtime: z.string().default("default"),
});
export type SandboxNeeds = z.infer<typeof SandboxNeeds>;

/** `environment.yaml` */
export const EnvironmentManifest = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/),
  description: z.string().min(1),
  licence: z.string().min(1),
  agent: z.string().default("simple"),
  /** Code of the resource, beside this file. */
  resource: z.string().default("resource.ts"),
  reward_range: z.tuple([z.number(), z.number()]).default([0, 1]),
  /** Names of the tools that rows may declare. */
  tools: z.array(z.string()).default([]),
  datasets: z.array(z.strictObject({ name: z.string().min(1), path: z.string().min(1) })).min(1),
  sandboxes: z.record(z.string(), SandboxNeeds).default({}),
  /** Limits of a rollout when the job gives none. */
  limits: RolloutLimits.default({}),
  /** Whether partial work of a truncated rollout is verified. */
  scores_truncated: z.boolean().default(false),
  /** Read by the resource alone. */
  config: z.record(z.string(), z.unknown()).default({}),
});
export type EnvironmentManifest = z.infer<typeof EnvironmentManifest>;
