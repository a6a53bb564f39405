import pc from "picocolors";
import type { Clock } from "../../core/clock.ts";
import type { TextOutput } from "../io.ts";
import { LiveLine } from "./live-line.ts";
import { safeJson, sanitise } from "./sanitise.ts";

/** The colours of picocolors, or none. */
export type Colors = ReturnType<typeof pc.createColors>;

export interface ScreenOptions {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly clock: Clock;
  /** Standard output carries JSON and nothing else. */
  readonly json: boolean;
  /** False turns colours off; true leaves it to the terminal and NO_COLOR. */
  readonly color: boolean;
  /** Called once when nobody reads standard output any more. */
  readonly onClosed: () => void;
}

/**
 * What a command shows. Results go to standard output: lines for people, or JSON. Progress, notes and errors go to
 * standard error. Lines are written as they are given: whoever makes them sanitises foreign text.
 */
export class Screen {
  readonly json: boolean;
  /** Colours for standard output. */
  readonly colors: Colors;
  /** Colours for standard error. */
  readonly noteColors: Colors;
  readonly progress: LiveLine;
  readonly #options: ScreenOptions;
  #closed = false;

  constructor(options: ScreenOptions) {
    const { stdout, stderr, clock, color, json } = options;
    this.#options = options;
    this.json = json;
    const colorsOf = (output: TextOutput) => pc.createColors(color && pc.isColorSupported && output.isTTY === true);
    this.colors = colorsOf(stdout);
    this.noteColors = colorsOf(stderr);
    this.progress = new LiveLine(stderr, clock, this.noteColors.dim);
    stdout.on?.("error", () => this.#close());
    // An error of standard error has nowhere to be told.
    stderr.on?.("error", () => undefined);
  }

  /** Columns of the terminal on standard output; undefined when it is none. */
  get columns(): number | undefined {
    const { stdout } = this.#options;
    return stdout.isTTY ? stdout.columns : undefined;
  }

  /** Lines for people; nothing in JSON mode. */
  print(...lines: readonly string[]): void {
    if (!this.json) this.#write(`${lines.join("\n")}\n`);
  }

  /** A document for machines, on one line; nothing outside of JSON mode. */
  document(value: unknown): void {
    if (this.json) this.#write(`${safeJson(value)}\n`);
  }

  /** A line on standard error, sanitised. */
  note(text: string): void {
    this.noteRaw(sanitise(text));
  }

  /** A line on standard error as it is, colours and all. */
  noteRaw(text: string): void {
    this.progress.above(() => this.#options.stderr.write(`${text}\n`));
  }

  /** Bytes of a program, as they are: on standard output where nobody has closed it, or on standard error. */
  raw(stream: "stdout" | "stderr", data: Uint8Array): void {
    if (stream === "stdout") this.#write(data);
    else this.progress.above(() => this.#options.stderr.write(data));
  }

  #write(data: string | Uint8Array): void {
    if (!this.#closed) this.progress.above(() => this.#options.stdout.write(data));
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.onClosed();
  }
}
