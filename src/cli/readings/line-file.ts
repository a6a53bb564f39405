import { type FileHandle, open } from "node:fs/promises";
import { messageOf, SandlotError } from "../../core/errors/sandlot-error.ts";

const BLOCK = 64 * 1024;
const NEWLINE = 0x0a;

/** A file of lines that grows, and that a later run goes on with. */
export class LineFile {
  readonly path: string;
  /** Lines that this run has written. */
  lines = 0;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /** A new file, or, where it may `resume`, also one that is there. Throws `invalid_request`. */
  static async open(path: string, { resume }: { readonly resume: boolean }): Promise<LineFile> {
    try {
      return new LineFile(path, await open(path, resume ? "a+" : "ax+"));
    } catch (error) {
      const exists = (error as NodeJS.ErrnoException).code === "EEXIST";
      const problem = exists ? `${path} exists; pass --resume to go on with it` : messageOf(error);
      throw new SandlotError("invalid_request", { fields: [{ field: "--out", problem }] }, { cause: error });
    }
  }

  /** The last whole line, null when there is none; a line that was cut off goes away. */
  async lastLine(): Promise<string | null> {
    const { size } = await this.#handle.stat();
    const end = await this.#newlineBefore(size);
    if (end + 1 < size) await this.#handle.truncate(end + 1);
    if (end < 0) return null;
    const start = (await this.#newlineBefore(end)) + 1;
    return (await this.#read(start, end - start)).toString("utf8");
  }

  async append(line: string): Promise<void> {
    await this.#handle.appendFile(`${line}\n`);
    this.lines++;
  }

  /** The lines are on disk afterwards. */
  async close(): Promise<void> {
    try {
      await this.#handle.sync();
    } finally {
      await this.#handle.close();
    }
  }

  /** Place of the last line end before `end`; -1 when there is none. */
  async #newlineBefore(end: number): Promise<number> {
    for (let to = end; to > 0; to -= BLOCK) {
      const from = Math.max(0, to - BLOCK);
      const at = (await this.#read(from, to - from)).lastIndexOf(NEWLINE);
      if (at >= 0) return from + at;
    }
    return -1;
  }

  async #read(from: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await this.#handle.read(buffer, 0, length, from);
    return buffer.subarray(0, bytesRead);
  }
}
