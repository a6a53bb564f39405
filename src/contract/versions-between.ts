import { z } from "zod";

/** Of a span that two versions of the weights sampled. */
export const VersionsBetween = z
  .tuple([z.string().nullable(), z.string().nullable()])
  .readonly()
  .optional()
  .describe("Where weights changed at a token that nobody knows: the versions that sampled its first and its last.");
