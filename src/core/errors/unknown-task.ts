import { nearestName } from "../nearest.ts";
import { SandlotError } from "./sandlot-error.ts";

/** That there is no task of this id, with the known one that was probably meant. */
export function unknownTask(name: string, known: Iterable<string>): SandlotError<"unknown_task"> {
  const nearest = nearestName(name, known);
  return new SandlotError("unknown_task", { name, ...(nearest ? { nearest } : {}) });
}
