import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { encodeFrame, FRAME, INITIAL_CREDIT, LIVE, MAX_DATA } from "./frames.ts";
import type { FrameWriter } from "./writer.ts";

/** What the agent answered on a channel: its report, and the bytes of each stream. */
export interface ChannelAnswer {
  readonly report: Record<string, unknown>;
  readonly streams: ReadonlyMap<number, Buffer>;
}

/** How the agent refused or failed a channel. */
export interface ChannelFault {
  readonly code: string;
  readonly detail: string;
}

/** Who hears what comes before the answer. */
export interface ChannelListener {
  /** Output of a running program, by its stream. */
  readonly onLive?: ((stream: number, data: Buffer) => void) | undefined;
  /** The answer to one call of a session; the streams are those since the last. */
  readonly onReply?: ((reply: ChannelAnswer) => void) | undefined;
}

/** One operation on an agent: sends the request within the agent's credit, collects the answer within our bound. */
export class Channel {
  /** The last word on the channel. */
  readonly answer: Promise<ChannelAnswer | ChannelFault>;
  /** Bytes that may come before the answer, or before the next reply. */
  maxBytes: number;
  readonly #writer: FrameWriter;
  readonly number: number;
  readonly #listener: ChannelListener;
  #streams = new Map<number, Buffer[]>();
  #received = 0;
  #consumed = 0;
  #credit = INITIAL_CREDIT;
  #onCredit: (() => void) | null = null;
  #settle!: (answer: ChannelAnswer | ChannelFault) => void;
  #fail!: (error: Error) => void;
  #ended = false;

  constructor(writer: FrameWriter, number: number, maxBytes: number, listener: ChannelListener = {}) {
    this.#writer = writer;
    this.number = number;
    this.maxBytes = maxBytes;
    this.#listener = listener;
    this.answer = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
    // The answer may fail while the request is still being sent; whoever awaits it later still sees the failure.
    this.answer.catch(() => undefined);
  }

  /** The request: OPEN with its header, or CALL of a session, then the body. Small ones go in one write. */
  async send(type: typeof FRAME.OPEN | typeof FRAME.CALL, header: Buffer, body: readonly Uint8Array[]): Promise<void> {
    const size = body.reduce((sum, section) => sum + section.length, 0);
    const end = encodeFrame(FRAME.END, this.number, STREAM_0);
    if (size <= SMALL && size <= this.#credit && !this.#ended) {
      this.#credit -= size;
      const data = size > 0 ? [encodeFrame(FRAME.DATA, this.number, Buffer.concat([STREAM_0, ...body]))] : [];
      await this.#writer.data(Buffer.concat([encodeFrame(type, this.number, header), ...data, end]));
      return;
    }
    await this.#writer.data(encodeFrame(type, this.number, header));
    for (const section of body) await this.#sendLarge(section);
    if (!this.#ended) await this.#writer.data(end);
  }

  control(type: typeof FRAME.CANCEL | typeof FRAME.INTERRUPT): void {
    // In the order of the channel's frames: before its OPEN the agent would take no notice of it.
    if (!this.#ended) void this.#writer.data(encodeFrame(type, this.number));
  }

  /** True when the frame closed the channel. */
  receive(type: number, payload: Buffer): boolean {
    switch (type) {
      case FRAME.CREDIT:
        this.#credit += payload.readUInt32BE(0);
        this.#wake();
        return false;
      case FRAME.DATA:
        this.#collect(payload);
        return false;
      case FRAME.REPLY:
        this.#listener.onReply?.({ report: parseObject(payload), streams: this.#joined() });
        return false;
      case FRAME.RESULT:
        this.#end();
        this.#settle({ report: parseObject(payload), streams: this.#joined() });
        return true;
      case FRAME.FAULT: {
        const { code, detail } = parseObject(payload);
        this.#end();
        this.#settle({ code: textOf(code), detail: textOf(detail) });
        return true;
      }
      default:
        throw protocolError(`frame of type ${type} on a channel`);
    }
  }

  fail(error: Error): void {
    this.#end();
    this.#fail(error);
  }

  /** Nobody waits for an answer any more. */
  abandon(): void {
    if (!this.#ended) this.fail(new SandlotError("cancelled", { detail: "the channel is closed" }));
  }

  async #sendLarge(section: Uint8Array): Promise<void> {
    for (let at = 0; at < section.length;) {
      while (this.#credit === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#onCredit = resolve));
      if (this.#ended) return;
      const size = Math.min(MAX_DATA, this.#credit, section.length - at);
      this.#credit -= size;
      const payload = Buffer.concat([STREAM_0, section.subarray(at, at + size)]);
      await this.#writer.data(encodeFrame(FRAME.DATA, this.number, payload));
      at += size;
    }
  }

  #collect(payload: Buffer): void {
    const stream = payload[0];
    const data = payload.subarray(1);
    if (stream === undefined || data.length === 0) throw protocolError("DATA without bytes");
    this.#received += data.length;
    if (this.#received > this.maxBytes) throw protocolError(`an answer above ${this.maxBytes} bytes`);
    if (stream >= LIVE) {
      this.#listener.onLive?.(stream - LIVE, data);
    } else {
      const chunks = this.#streams.get(stream);
      if (chunks) chunks.push(data);
      else this.#streams.set(stream, [data]);
    }
    this.#consumed += data.length;
    if (this.#consumed >= INITIAL_CREDIT / 2) {
      const grant = Buffer.alloc(4);
      grant.writeUInt32BE(this.#consumed);
      this.#writer.control(encodeFrame(FRAME.CREDIT, this.number, grant));
      this.#consumed = 0;
    }
  }

  #joined(): Map<number, Buffer> {
    const joined = new Map<number, Buffer>();
    for (const [stream, chunks] of this.#streams) {
      const [only] = chunks;
      // Copied either way: a chunk is a part of a larger buffer that must not live as long as the answer.
      joined.set(stream, chunks.length === 1 && only ? Buffer.from(only) : Buffer.concat(chunks));
    }
    this.#streams = new Map();
    this.#received = 0;
    return joined;
  }

  #wake(): void {
    this.#onCredit?.();
    this.#onCredit = null;
  }

  #end(): void {
    this.#ended = true;
    this.#wake();
  }
}

const STREAM_0 = Buffer.of(0);
/** Bodies up to here are sent with their header in one write. */
const SMALL = MAX_DATA;

/** A JSON object payload; throws `sandbox_protocol` otherwise. */
export function parseObject(payload: Buffer): Record<string, unknown> {
  try {
    const value = JSON.parse(payload.toString("utf8")) as unknown;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Falls through to the refusal.
  }
  throw protocolError("a payload is not a JSON object");
}

/** A text member of a payload; empty when it is missing or something else. */
export function textOf(member: unknown): string {
  return typeof member === "string" ? member : "";
}

export function protocolError(detail: string): SandlotError {
  return new SandlotError("sandbox_protocol", { sandbox_id: "", detail });
}
