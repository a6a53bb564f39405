import { Command, type OutputConfiguration } from "commander";
import { configCommand } from "./commands/config.ts";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { envCommand } from "./commands/env.ts";
import { imageCommand } from "./commands/image.ts";
import { jobsCommand } from "./commands/jobs.ts";
import { modelCommand } from "./commands/model.ts";
import { poolCommand } from "./commands/pool.ts";
import { rescoreCommand } from "./commands/rescore.ts";
import { rolloutsCommand } from "./commands/rollouts.ts";
import { runCommand } from "./commands/run.ts";
import { samplesCommand } from "./commands/samples.ts";
import { sandboxCommand } from "./commands/sandbox.ts";
import { serveCommand } from "./commands/serve.ts";
import { verifyCommand } from "./commands/verify.ts";
import { workerCommand } from "./commands/worker.ts";
import { EXIT_CODES_HELP } from "./exit-codes.ts";
import { addGlobalOptions } from "./global-options.ts";
import type { CliOptions } from "./io.ts";
import { Session } from "./session.ts";

/** Where no terminal says how wide it is. */
const HELP_COLUMNS = 100;

/** The command line. Wrong usage throws CommanderError; `runCli` reports it. */
export function buildProgram(options: CliOptions, session: Session = new Session(options)): Command {
  const program = addGlobalOptions(new Command("sandlot"))
    .description("Runs reinforcement-learning environments for language models: tasks in, scored rollouts out.")
    .version(options.version, "--version", "print the version")
    .addHelpText("after", `\n${EXIT_CODES_HELP}`);
  const commands = [
    demoCommand,
    runCommand,
    serveCommand,
    workerCommand,
    jobsCommand,
    rolloutsCommand,
    samplesCommand,
    rescoreCommand,
    envCommand,
    verifyCommand,
    sandboxCommand,
    poolCommand,
    imageCommand,
    modelCommand,
    doctorCommand,
    configCommand,
  ];
  for (const make of commands) program.addCommand(make(session));
  program.addHelpCommand("help [command]", "explain a command");
  // After the commands: each of them, at any depth, has to report and end the same way.
  adapt(program, {
    writeOut: (text) => options.stdout.write(text),
    writeErr: (text) => options.stderr.write(text),
    // Errors are reported by runCli, once.
    outputError: () => undefined,
    getOutHelpWidth: () => options.stdout.columns ?? HELP_COLUMNS,
    getErrHelpWidth: () => options.stderr.columns ?? HELP_COLUMNS,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
  return program;
}

function adapt(command: Command, output: OutputConfiguration): void {
  command.exitOverride().configureOutput(output).configureHelp({ showGlobalOptions: true });
  for (const child of command.commands) adapt(child, output);
}
