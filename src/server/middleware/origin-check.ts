import type { RequestHandler } from "express";
import { SandlotError } from "../../core/errors/sandlot-error.ts";

/**
 * Refuses browsers that act for another site (`forbidden_origin`): an Origin, when there is one, must name the host that
 * the request itself names. The scheme may be https too, because TLS ends in front of us.
 */
export function originCheck(): RequestHandler {
  return (req, _res, next) => {
    const origin = req.headers.origin;
    if (origin !== undefined && !isOwn(origin, req.headers.host ?? "")) {
      throw new SandlotError("forbidden_origin", { origin: origin.slice(0, 255) });
    }
    next();
  };
}

function isOwn(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, origin: given } = new URL(origin);
  if ((protocol !== "http:" && protocol !== "https:") || !URL.canParse(`${protocol}//${host}`)) return false;
  return given === new URL(`${protocol}//${host}`).origin;
}
