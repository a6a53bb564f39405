import { z } from "zod";

const Count = z.int().min(0);
const Mode = z.enum(["A", "B", "C"]);

/** A pool of interchangeable sandboxes. */
export const PoolView = z
  .object({
    id: z.string(),
    state: z.enum(["open", "draining"]).describe("`draining`: hands out no more, and goes with its last lease."),
    spec: z.object({
      tenant: z.string(),
      resource: z.string().describe("What it serves."),
      image: z.string(),
      cpus: z.number(),
      slots: z.int().describe("Runs at once in one sandbox."),
      memory_bytes: z.int().describe("Of one run."),
      scratch_bytes: z.int().describe("Files of one run."),
      processes: z.int().describe("Of one run."),
      network: z.literal("none"),
      runtime: z.string(),
      mode: z.union([Mode, z.literal("auto")]),
    }),
    limits: z.object({ min: Count, max: Count, idle_buffer: Count }),
    stats: z.object({
      idle: Count,
      leased: Count,
      creating: Count,
      waiting: Count.describe("Leases that wait for a sandbox."),
      created: Count,
      removed: Count,
      lost: Count,
      failed: Count.describe("Sandboxes that could not be made."),
      claims: Count,
      hits: Count.describe("Claims that found a sandbox ready."),
    }),
    last_error: z
      .object({ code: z.string(), message: z.string() })
      .nullable()
      .describe("The last failure to make a sandbox since one was made."),
  })
  .meta({ id: "Pool" });
export type PoolView = z.infer<typeof PoolView>;
export const PoolList = z.object({ items: z.array(PoolView) }).meta({ id: "PoolList" });
export type PoolList = z.infer<typeof PoolList>;

const Size = z.int().min(0).max(10_000).optional();

/** What `POST /api/v1/pools/{id}/scale` takes; what is left out stays. */
export const ScaleInput = z
  .strictObject({
    min: Size.describe("Sandboxes kept even when nobody asks."),
    max: z.int().min(1).max(10_000).optional().describe("Sandboxes at most."),
    idle_buffer: Size.describe("Idle sandboxes kept ready while there is demand."),
  })
  .refine((sizes) => Object.keys(sizes).length > 0, "give at least one of min, max and idle_buffer")
  .refine(({ min, max }) => min === undefined || max === undefined || min <= max, {
    error: "must not be above max",
    path: ["min"],
  })
  .meta({ id: "ScaleInput" });
export type ScaleInput = z.infer<typeof ScaleInput>;

/** A sandbox of a pool. */
export const SandboxView = z
  .object({
    id: z.string(),
    pool_id: z.string(),
    tenant: z.string(),
    resource: z.string(),
    provider: z.string(),
    image: z.string(),
    mode: Mode,
    state: z.enum(["idle", "leased", "retiring"]),
    users: Count.describe("Leases that hold it now."),
    uses: Count.describe("Leases since it was made."),
    exclusive: z.boolean().describe("Held whole by one lease."),
    age_ms: z.number(),
    idle_ms: z.number(),
  })
  .meta({ id: "Sandbox" });
export type SandboxView = z.infer<typeof SandboxView>;
export const SandboxList = z.object({ items: z.array(SandboxView) }).meta({ id: "SandboxList" });
export type SandboxList = z.infer<typeof SandboxList>;
export const RemovedSandbox = z.object({ id: z.string(), removed: z.literal(true) }).meta({ id: "RemovedSandbox" });
