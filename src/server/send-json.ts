import type { Response } from "express";
import type { Clock } from "../core/clock.ts";
import type { CallContext } from "../core/context.ts";
import { drained } from "./drained.ts";
import { holdAnswer, type SlowReaderOptions } from "./slow-reader.ts";

/** Milliseconds a client may leave a full connection unread before it is cut. */
const STALL_MS = 60_000;
/** Characters that are gathered before they are written. */
const PART_LENGTH = 64 * 1024;

/** Answers JSON in one piece. With `held`, that bounds what readers leave unread (slow-reader.ts). */
export function sendJson(res: Response, status: number, body: unknown, held?: SlowReaderOptions): void {
  const text = JSON.stringify(body);
  const bytes = Buffer.byteLength(text);
  if (held) holdAnswer(res, bytes, held);
  res.statusCode = status;
  res.setHeader("content-type", "application/json; charset=utf-8");
  res.setHeader("content-length", bytes);
  // As text, it goes out in one piece with its headers. Node leaves the body of an answer to HEAD out.
  res.end(text);
}

/**
 * Answers JSON member by member: escaped control characters make text up to six times longer, and the whole could pass the
 * longest string there is. Rejects with the context's reason, or `deadline_exceeded` when the client does not read.
 */
export async function sendJsonInParts(
  res: Response,
  status: number,
  body: unknown,
  { ctx, clock }: { ctx: CallContext; clock: Clock },
): Promise<void> {
  res.statusCode = status;
  res.setHeader("content-type", "application/json; charset=utf-8");
  let part = "";
  for (const piece of jsonPieces(body)) {
    part += piece;
    if (part.length < PART_LENGTH) continue;
    if (!res.write(part)) await drained(ctx, res, clock, STALL_MS);
    part = "";
  }
  res.end(part);
}

/** The text of JSON.stringify, in pieces no longer than the longest string in it. */
export function* jsonPieces(value: unknown): Generator<string> {
  if (typeof value !== "object" || value === null) {
    // Undefined in an array is null, as in JSON.stringify; in an object its member was left out.
    yield JSON.stringify(value) ?? "null";
    return;
  }
  const isArray = Array.isArray(value);
  let separator = isArray ? "[" : "{";
  for (const [key, member] of Object.entries(value)) {
    if (!isArray && member === undefined) continue;
    yield isArray ? separator : `${separator}${JSON.stringify(key)}:`;
    yield* jsonPieces(member);
    separator = ",";
  }
  if (separator !== ",") yield separator;
  yield isArray ? "]" : "}";
}
