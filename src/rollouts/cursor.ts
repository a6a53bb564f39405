import { SandlotError } from "../core/errors/sandlot-error.ts";

/** The number that a cursor stands for; 0 for none. Throws `invalid_request`. */
export function parseCursor(cursor: string | null): number {
  if (cursor === null) return 0;
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw badCursor();
}

export function badCursor(): SandlotError {
  return new SandlotError("invalid_request", { fields: [{ field: "cursor", problem: "is not a cursor of this API" }] });
}
