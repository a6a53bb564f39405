import type { RequestHandler } from "express";
import { SandlotError } from "../../core/errors/sandlot-error.ts";

/** Refuses requests that arrive on open connections while the server stops; those in progress go on. */
export function refuseWhenStopping(isStopping: () => boolean): RequestHandler {
  return (_req, res, next) => {
    if (isStopping()) {
      res.setHeader("connection", "close");
      throw new SandlotError("shutting_down", { detail: "the server takes no more requests" });
    }
    next();
  };
}
