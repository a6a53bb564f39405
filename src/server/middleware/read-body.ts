import type { Request, Response } from "express";
import type { Clock } from "../../core/clock.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { utf8Text } from "../../core/json/parse.ts";
import type { ByteBudget } from "../../core/byte-budget.ts";
import { stateOf } from "../request-state.ts";

/** Seconds after which a caller may try again when the memory for bodies is used up. */
const RETRY_SECONDS = 5;

/** So many bytes must come in so many milliseconds, so that nobody holds the memory of all with a body that never ends. */
const WINDOW_MS = 30_000;
const LEAST_BYTES = 32 * 1024;

export interface ReadBodyOptions {
  /** Most bytes of one body. */
  limitBytes: number;
  budget: ByteBudget;
  clock: Clock;
}

/**
 * The request's body as text, exactly. Throws `payload_too_large` (before a byte is read when Content-Length says so),
 * `overloaded` when other bodies fill the budget, `upload_stalled` when it comes more slowly than about 1 KiB/s, `invalid_json`
 * when it is not UTF-8, and `cancelled` when the client goes away. The budget gets its bytes back when the response is over.
 */
export async function readBody(req: Request, res: Response, options: ReadBodyOptions): Promise<string> {
  const { limitBytes, budget, clock } = options;
  const tooLarge = () => new SandlotError("payload_too_large", { limit_bytes: limitBytes });
  if (Number(req.headers["content-length"] ?? 0) > limitBytes) throw tooLarge();
  // The client waits for this before it sends; every refusal up to here saved it the upload.
  if (req.headers.expect?.toLowerCase() === "100-continue") res.writeContinue();
  const state = stateOf(res);
  const chunks: Buffer[] = [];
  let held = 0;
  res.once("close", () => budget.give(held));
  await new Promise<void>((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      state.bytesIn += chunk.length;
      if (state.bytesIn > limitBytes) fail(tooLarge());
      else if (!budget.take(chunk.length))
        fail(new SandlotError("overloaded", { resource: "memory for request bodies", retry_after: RETRY_SECONDS }));
      else {
        held += chunk.length;
        chunks.push(chunk);
      }
    };
    const onEnd = () => {
      stop();
      resolve();
    };
    const fail = (error: SandlotError) => {
      stop();
      reject(error);
    };
    const onGone = () =>
      fail(new SandlotError("cancelled", { detail: "the client closed the connection while sending" }));
    let cancelCheck = () => undefined as void;
    const check = (before: number) => {
      cancelCheck = clock.after(WINDOW_MS, () => {
        if (state.bytesIn - before < LEAST_BYTES)
          fail(new SandlotError("upload_stalled", { seconds: WINDOW_MS / 1000 }));
        else check(state.bytesIn);
      });
    };
    const stop = () => {
      cancelCheck();
      req.off("data", onData).off("end", onEnd).off("error", onGone).off("close", onGone);
      // A destroyed request still tells its error; nobody else listens.
      req.on("error", () => undefined);
    };
    check(state.bytesIn);
    req.on("data", onData).on("end", onEnd).on("error", onGone).on("close", onGone);
  });
  return utf8Text(Buffer.concat(chunks, held));
}
