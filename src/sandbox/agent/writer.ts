import type { Writable } from "node:stream";

/** Writes frames with back-pressure: control frames overtake waiting data, and nothing is written into a full pipe. */
export class FrameWriter {
  readonly #stream: Writable;
  readonly #control: Buffer[] = [];
  readonly #data: { readonly frame: Buffer; readonly sent: () => void }[] = [];
  #blocked = false;
  #closed = false;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on("drain", () => {
      this.#blocked = false;
      this.#pump();
    });
  }

  control(frame: Buffer): void {
    if (this.#closed) return;
    this.#control.push(frame);
    this.#pump();
  }

  /** Resolves when the frame has been handed to the stream; never rejects, a dead stream is the reader's news. */
  data(frame: Buffer): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#data.push({ frame, sent: resolve });
      this.#pump();
    });
  }

  /** Drops what waits. */
  close(): void {
    this.#closed = true;
    this.#control.length = 0;
    for (const { sent } of this.#data.splice(0)) sent();
  }

  #pump(): void {
    while (!this.#blocked && !this.#closed) {
      const control = this.#control.shift();
      const data = control ? undefined : this.#data.shift();
      const frame = control ?? data?.frame;
      if (!frame) return;
      this.#blocked = !this.#stream.write(frame);
      data?.sent();
    }
  }
}
