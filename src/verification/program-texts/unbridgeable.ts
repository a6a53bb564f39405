import { SandlotError } from "../../core/errors/sandlot-error.ts";

/** That these tests cannot be joined with a program by a bridge: nobody's failure, the row has to be refused. */
export function unbridgeable(field: "declaration" | "source" | "entryPoint", problem: string): SandlotError {
  return new SandlotError("invalid_request", { fields: [{ field: `tests.${field}`, problem }] });
}
