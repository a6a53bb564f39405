import { SandlotError } from "../../core/errors/sandlot-error.ts";

/** `invalid_request` for one field, named as in the API. */
export function refusal(field: string, problem: string): SandlotError {
  return new SandlotError("invalid_request", { fields: [{ field, problem }] });
}
