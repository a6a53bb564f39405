import type { OutputEvent, OutputView, RunView } from "../../contract/execution-answers.ts";
import { count } from "../terminal/format.ts";
import type { Screen } from "../terminal/screen.ts";

type StreamName = OutputEvent["stream"];

const NAMES = { stdout: "standard output", stderr: "standard error" } as const;

/** Writes a program's output where the user expects it, byte for byte: as it comes, and at the end what did not come. */
export class RunOutput {
  readonly #screen: Screen;
  /** What has been written; no more than the server keeps. */
  readonly #written: Record<StreamName, Buffer[]> = { stdout: [], stderr: [] };

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  add(output: OutputEvent): void {
    const data = bytesOf(output);
    this.#written[output.stream].push(data);
    this.#screen.raw(output.stream, data);
  }

  /** Writes what the result has beyond that, and tells what was left out. */
  end({ stdout, stderr }: RunView): void {
    this.#rest("stdout", stdout);
    this.#rest("stderr", stderr);
  }

  /** Whether the last byte that was written began a line that is not ended. */
  get isMidLine(): boolean {
    const last = this.#written.stdout.at(-1)?.at(-1);
    return last !== undefined && last !== 0x0a;
  }

  #rest(stream: StreamName, view: OutputView): void {
    const all = bytesOf(view);
    const written = Buffer.concat(this.#written[stream]);
    if (!all.subarray(0, written.length).equals(written)) {
      // What was written came from a try that a fault of the sandbox ended.
      this.#screen.note(`the run was repeated; this is its whole ${NAMES[stream]}:`);
      this.#write(stream, all);
      return;
    }
    const gap = view.head_bytes ?? all.length;
    this.#write(stream, all.subarray(written.length, Math.max(written.length, gap)));
    if (view.dropped_bytes === 0) return;
    this.#screen.note(`… ${count(view.dropped_bytes)} bytes of ${NAMES[stream]} left out …`);
    this.#write(stream, all.subarray(Math.max(gap, written.length)));
  }

  #write(stream: StreamName, data: Buffer): void {
    if (data.length === 0) return;
    this.#written[stream].push(data);
    this.#screen.raw(stream, data);
  }
}

/** The bytes that text and base64 stand for. */
export function bytesOf({ text, base64 }: { readonly text: string; readonly base64?: string | undefined }): Buffer {
  return base64 === undefined ? Buffer.from(text) : Buffer.from(base64, "base64");
}
