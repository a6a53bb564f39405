import type { RequestHandler } from "express";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { stateOf } from "../request-state.ts";

/** Answers paths that nothing serves. */
export function notFound(): RequestHandler {
  return (req) => {
    throw new SandlotError("not_found", { kind: "path", id: req.path.slice(0, 255) });
  };
}

/** Answers known paths with another method than `methods`. */
export function methodNotAllowed(path: string, methods: readonly string[]): RequestHandler {
  const allow = methods.includes("GET") ? [...methods, "HEAD"] : methods;
  return (req, res) => {
    stateOf(res).route = path;
    res.setHeader("allow", allow.join(", "));
    throw new SandlotError("method_not_allowed", { method: req.method, path: req.path.slice(0, 255) });
  };
}
