import type { Clock } from "../../core/clock.ts";
import type { TextOutput } from "../io.ts";
import { sanitiseLine } from "./sanitise.ts";
import { fit } from "./width.ts";

/** Milliseconds between two drawings of the line on a terminal. */
const REDRAW_MS = 100;
/** Milliseconds between two lines where there is no terminal. */
const PLAIN_MS = 5_000;
const FALLBACK_COLUMNS = 80;

/** What is going on, in one line that is drawn over itself; where there is no terminal, a plain line every few seconds. */
export class LiveLine {
  readonly #output: TextOutput;
  readonly #clock: Clock;
  readonly #paint: (text: string) => string;
  #text = "";
  #drawn = false;
  #last = -Infinity;
  #cancelDraw: (() => void) | null = null;

  constructor(output: TextOutput, clock: Clock, paint: (text: string) => string = String) {
    this.#output = output;
    this.#clock = clock;
    this.#paint = paint;
    // The first plain line of a phase is due only after a while: short work then prints none.
    if (!output.isTTY) this.#last = clock.monotonic();
  }

  /** Shows the state of things. Most calls draw nothing: they come in thousands. */
  update(text: string): void {
    this.#text = sanitiseLine(text);
    const now = this.#clock.monotonic();
    if (!this.#output.isTTY) {
      if (now - this.#last < PLAIN_MS) return;
      this.#last = now;
      this.#output.write(`${this.#text}\n`);
      return;
    }
    if (now - this.#last >= REDRAW_MS) this.#draw();
    else this.#cancelDraw ??= this.#clock.after(REDRAW_MS, () => this.#draw());
  }

  /** Shows a step that has just begun, at once. */
  step(text: string): void {
    this.#text = sanitiseLine(text);
    if (this.#output.isTTY) this.#draw();
    else this.#output.write(`${this.#text}\n`);
  }

  /** Writes something that stays; the line goes on below it. */
  above(write: () => void): void {
    const shown = this.#drawn;
    this.#wipe();
    write();
    if (shown) this.#draw();
  }

  /** Takes the line away. */
  clear(): void {
    this.#cancelDraw?.();
    this.#cancelDraw = null;
    this.#wipe();
    this.#text = "";
  }

  #draw(): void {
    this.#cancelDraw?.();
    this.#cancelDraw = null;
    this.#last = this.#clock.monotonic();
    const columns = this.#output.columns ?? FALLBACK_COLUMNS;
    // One column is left free: a full line would wrap and could not be wiped.
    this.#output.write(`\r\u001b[2K${this.#paint(fit(this.#text, columns - 1))}`);
    this.#drawn = true;
  }

  #wipe(): void {
    if (this.#drawn) this.#output.write("\r\u001b[2K");
    this.#drawn = false;
  }
}
