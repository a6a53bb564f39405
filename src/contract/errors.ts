import { z } from "zod";
import { ERROR_FACTS, type ErrorCode } from "../core/errors/codes.ts";

const CODES = Object.keys(ERROR_FACTS) as [ErrorCode, ...ErrorCode[]];

/** The body of every answer with a status of 400 or more. */
export const ErrorBody = z
  .object({
    error: z.object({
      code: z.enum(CODES),
      message: z.string(),
      context: z.record(z.string(), z.unknown()),
      hint: z.string().describe("The next step for a human."),
      retry: z.enum(["never", "backoff", "unknown"]),
    }),
    request_id: z.string(),
  })
  .meta({ id: "Error" });
export type ErrorBody = z.infer<typeof ErrorBody>;
