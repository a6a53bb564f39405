import { type Clock, systemClock } from "../core/clock.ts";
import { Interrupts } from "./interrupts.ts";
import type { CliOptions } from "./io.ts";
import { EXIT } from "./exit-codes.ts";
import { Screen } from "./terminal/screen.ts";

/** One run of the command line. */
export class Session {
  readonly options: CliOptions;
  readonly clock: Clock;
  readonly screen: Screen;
  readonly interrupts: Interrupts;
  /** What the command that ran wants to end with. */
  exitCode: number = EXIT.done;
  readonly #warned = new Set<string>();

  /**
   * The screen is needed before and without a parsed command line, to report that it is wrong: its two switches are
   * looked for in the arguments themselves.
   */
  constructor(options: CliOptions, argv: readonly string[] = []) {
    this.options = options;
    this.clock = options.clock ?? systemClock;
    this.interrupts = new Interrupts(options.signals);
    const { stdout, stderr } = options;
    const own = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
    this.screen = new Screen({
      stdout,
      stderr,
      clock: this.clock,
      json: own.includes("--json"),
      color: !own.includes("--no-color") && !options.env["NO_COLOR"],
      onClosed: () => this.interrupts.interrupt("nobody reads the output any more"),
    });
  }

  /** Shows a warning, once. */
  warn(text: string): void {
    if (!this.#warned.has(text)) this.screen.note(`warning: ${text}`);
    this.#warned.add(text);
  }

  close(): void {
    this.screen.progress.clear();
    this.interrupts.close();
  }
}
