import { z } from "zod";
import { BREAK_REASONS } from "../core/tokens/prefix-break.ts";

/** Why a call's tokens do not continue those of the call that it followed. */
export const PrefixBreak = z
  .object({
    reason: z.enum(BREAK_REASONS),
    after: z.string().describe("The call whose conversation went on."),
    position: z.int().min(0).describe("First token of the prompt that differs from that call's prompt and generation."),
  })
  .meta({ id: "PrefixBreak" });
