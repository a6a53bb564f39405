import { SandlotError } from "../../core/errors/sandlot-error.ts";

/** Frames of the agent protocol (docs/agent-protocol.md): u32 payload length, u8 type, u32 channel; big-endian. */
export const FRAME = {
  HELLO: 0x01,
  AUTH: 0x02,
  READY: 0x03,
  BYE: 0x04,
  PING: 0x05,
  PONG: 0x06,
  RENEW: 0x07,
  OPEN: 0x10,
  DATA: 0x11,
  END: 0x12,
  CREDIT: 0x13,
  CANCEL: 0x14,
  RESULT: 0x15,
  FAULT: 0x16,
  CALL: 0x17,
  INTERRUPT: 0x18,
  REPLY: 0x19,
} as const;

const HEADER_BYTES = 9;
export const MAX_FRAME = 65_536;
export const MAX_PAYLOAD = MAX_FRAME - HEADER_BYTES;
/** A DATA payload starts with its stream number. */
export const MAX_DATA = MAX_PAYLOAD - 1;
/** Output that is sent while the program runs has the stream number of its result, plus this. */
export const LIVE = 0x80;
/** Bytes of DATA that either side may send on a new channel before the other grants more. */
export const INITIAL_CREDIT = 256 * 1024;

export interface Frame {
  readonly type: number;
  readonly channel: number;
  readonly payload: Buffer;
}

/** The bytes of one frame. */
export function encodeFrame(type: number, channel: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  if (payload.length > MAX_PAYLOAD) throw new RangeError(`frame payload of ${payload.length} bytes`);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  frame.writeUInt32BE(payload.length, 0);
  frame.writeUInt8(type, 4);
  frame.writeUInt32BE(channel, 5);
  frame.set(payload, HEADER_BYTES);
  return frame;
}

export function encodeJsonFrame(type: number, channel: number, value: unknown): Buffer {
  return encodeFrame(type, channel, Buffer.from(JSON.stringify(value)));
}

/** Turns bytes in any split into frames. Iterative, and copies only what spans two chunks. */
export class FrameDecoder {
  #rest: Buffer = Buffer.alloc(0);

  /** Throws `sandbox_protocol` when a frame announces more than the protocol allows. */
  feed(chunk: Buffer): Frame[] {
    const data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const frames: Frame[] = [];
    let at = 0;
    while (data.length - at >= HEADER_BYTES) {
      const length = data.readUInt32BE(at);
      if (length > MAX_PAYLOAD) {
        throw new SandlotError("sandbox_protocol", { sandbox_id: "", detail: `a frame announces ${length} bytes` });
      }
      const end = at + HEADER_BYTES + length;
      if (data.length < end) break;
      frames.push({
        type: data.readUInt8(at + 4),
        channel: data.readUInt32BE(at + 5),
        payload: data.subarray(at + HEADER_BYTES, end),
      });
      at = end;
    }
    this.#rest = data.subarray(at);
    return frames;
  }
}
