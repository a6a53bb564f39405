import type { Request } from "express";
import { SandlotError } from "../../core/errors/sandlot-error.ts";

/** Whether the request announces a body. */
export function hasBody(req: Request): boolean {
  return req.headers["transfer-encoding"] !== undefined || Number(req.headers["content-length"] ?? 0) > 0;
}

/**
 * Throws `unsupported_media_type` unless the body is of the type and in UTF-8, plain JSON by default. A page of another site cannot
 * send these types without asking first.
 */
export function checkContentType(
  req: Request,
  expected: "application/json" | "application/x-ndjson" = "application/json",
): void {
  const encoding = req.headers["content-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    throw new SandlotError("unsupported_media_type", {
      detail: `bodies are read without Content-Encoding, not as ${encoding}`,
    });
  }
  const header = req.headers["content-type"] ?? "";
  const [type = "", ...parameters] = header.split(";").map((part) => part.trim().toLowerCase());
  if (type !== expected) {
    throw new SandlotError("unsupported_media_type", {
      detail: `the body must be ${expected}, not ${type || "without a type"}`,
    });
  }
  for (const parameter of parameters) {
    const charset = parameter.match(/^charset\s*=\s*"?([^"]*)"?$/)?.[1];
    if (charset !== undefined && charset !== "utf-8" && charset !== "utf8") {
      throw new SandlotError("unsupported_media_type", { detail: `the body must be UTF-8, not ${charset}` });
    }
  }
}
