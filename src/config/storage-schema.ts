import { z } from "zod";

/** Records of rollouts, and the space they take. */
export const StorageConfig = z.strictObject({
  /** Default: `segments` in the data directory. Processes of one database share one. */
  segments_dir: z.string().min(1).max(4096).optional(),
  /** New work is refused while less is free where the records lie; what runs is recorded. 0 switches this off. */
  min_free_bytes: z
    .int()
    .min(0)
    .max(2 ** 50)
    .default(512 * 1024 ** 2),
  /** Jobs are deleted so long after their end. Default: never. */
  retention_days: z.number().min(0.01).max(36_500).optional(),
});
