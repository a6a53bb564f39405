import type { Request } from "express";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { utf8Text } from "../../core/json/parse.ts";
import type { Clock } from "../../core/clock.ts";

export interface ReadLinesOptions {
  /** Most bytes of the whole body, and of one line. */
  readonly limitBytes: number;
  readonly lineBytes: number;
  /** Longest silence of the client, milliseconds. */
  readonly silenceMs: number;
  readonly clock: Clock;
}

const NEWLINE = 0x0a;

/**
 * The lines of a request's body as they come, without their ends; empty ones are passed over. The client is slowed down to the pace of the
 * reader, and no more than one line is held. Throws `payload_too_large`, `invalid_json` for what is not UTF-8, `cancelled` when the client goes away, and
 * `deadline_exceeded` when it falls silent.
 */
export async function* readLines(req: Request, options: ReadLinesOptions): AsyncGenerator<string> {
  const tooLarge = (limit: number) => new SandlotError("payload_too_large", { limit_bytes: limit });
  if (Number(req.headers["content-length"] ?? 0) > options.limitBytes) throw tooLarge(options.limitBytes);
  let total = 0;
  let carry: Buffer[] = [];
  let carried = 0;
  for await (const chunk of chunksOf(req, options)) {
    total += chunk.length;
    if (total > options.limitBytes) throw tooLarge(options.limitBytes);
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const line = lineOf(carry, chunk.subarray(start, end));
      carry = [];
      carried = 0;
      start = end + 1;
      if (line !== "") yield line;
    }
    const rest = chunk.subarray(start);
    carried += rest.length;
    if (carried > options.lineBytes) throw tooLarge(options.lineBytes);
    if (rest.length > 0) carry.push(rest);
  }
  const last = lineOf(carry, Buffer.alloc(0));
  if (last !== "") yield last;
}

function lineOf(carry: readonly Buffer[], end: Buffer): string {
  return utf8Text(carry.length === 0 ? end : Buffer.concat([...carry, end])).trimEnd();
}

async function* chunksOf(req: Request, { silenceMs, clock }: ReadLinesOptions): AsyncGenerator<Buffer> {
  let cancelTimer: () => void = () => undefined;
  const listen = () => {
    cancelTimer = clock.after(silenceMs, () =>
      req.destroy(new SandlotError("deadline_exceeded", { waiting_for: "the rest of the upload" })),
    );
  };
  listen();
  try {
    for await (const chunk of req.iterator({ destroyOnReturn: false })) {
      cancelTimer();
      yield chunk as Buffer;
      listen();
    }
  } catch (error) {
    if (SandlotError.is(error)) throw error;
    throw new SandlotError("cancelled", { detail: "the client closed the connection while sending" }, { cause: error });
  } finally {
    cancelTimer();
  }
}
