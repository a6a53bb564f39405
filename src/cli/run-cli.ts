import { CommanderError } from "commander";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { EXIT, exitCodeOf } from "./exit-codes.ts";
import type { CliOptions } from "./io.ts";
import { buildProgram } from "./program.ts";
import { reportError, reportUsage } from "./report-error.ts";
import { Session } from "./session.ts";

/**
 * Runs one command line (without interpreter and script) and answers its exit code. At a second interrupt it answers
 * at once while things still run: the caller has to end the process with the code, not wait for it to run dry.
 */
export async function runCli(argv: readonly string[], options: CliOptions): Promise<number> {
  const session = new Session(options, argv);
  try {
    return await Promise.race([execute(session, argv), session.interrupts.second.then(() => EXIT.interrupted)]);
  } finally {
    session.close();
  }
}

async function execute(session: Session, argv: readonly string[]): Promise<number> {
  const { screen, interrupts } = session;
  try {
    const program = buildProgram(session.options, session);
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync([...argv], { from: "user" });
    return session.exitCode;
  } catch (thrown) {
    screen.progress.clear();
    if (thrown instanceof CommanderError) {
      // Help and version end the parsing with an error that is none.
      if (thrown.exitCode === 0) return EXIT.done;
      // A command that lacks its subcommand has shown its help.
      if (thrown.code !== "commander.help") reportUsage(screen, thrown);
      return EXIT.usage;
    }
    const error = SandlotError.from(thrown);
    if (interrupts.signal.aborted && thrown === interrupts.signal.reason) {
      screen.note(SandlotError.is(error, "cancelled") ? error.context.detail : error.message);
      return EXIT.interrupted;
    }
    reportError(screen, error, error.code === "internal" && argv.includes("--verbose"));
    return exitCodeOf(error);
  }
}
