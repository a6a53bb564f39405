import { Transform, type TransformCallback } from "node:stream";

const HEADER_BYTES = 8;
const STDOUT = 1;
const STDERR = 2;

/**
 * Takes apart the engine's multiplexed stream: standard output comes out of this stream, standard error goes to
 * `onStderr`. Iterative and copy-free, with the back-pressure of a Transform; the client library's own demultiplexer
 * recurses once per frame (a stack overflow at a few thousand small ones) and ignores back-pressure.
 */
export class Demux extends Transform {
  readonly #onStderr: (data: Buffer) => void;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerLength = 0;
  #stream = 0;
  #remaining = 0;

  constructor(onStderr: (data: Buffer) => void) {
    super();
    this.#onStderr = onStderr;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#remaining === 0) {
        const take = Math.min(HEADER_BYTES - this.#headerLength, chunk.length - at);
        chunk.copy(this.#header, this.#headerLength, at, at + take);
        this.#headerLength += take;
        at += take;
        if (this.#headerLength < HEADER_BYTES) break;
        this.#headerLength = 0;
        this.#stream = this.#header.readUInt8(0);
        this.#remaining = this.#header.readUInt32BE(4);
        if (this.#stream !== STDOUT && this.#stream !== STDERR) {
          done(new Error(`the engine's stream names a stream ${this.#stream}`));
          return;
        }
      } else {
        const take = Math.min(this.#remaining, chunk.length - at);
        const data = chunk.subarray(at, at + take);
        if (this.#stream === STDOUT) this.push(data);
        else this.#onStderr(data);
        this.#remaining -= take;
        at += take;
      }
    }
    done();
  }
}
