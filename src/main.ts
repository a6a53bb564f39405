import { runCli } from "./cli/index.ts";
import { COMMAND, VERSION } from "./compose/paths.ts";
import { cliServices } from "./compose/services.ts";

const exitCode = await runCli(process.argv.slice(2), {
  services: cliServices,
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  terminal: process.stdin.isTTY && process.stdout.isTTY ? { input: process.stdin, output: process.stdout } : null,
  signals: process,
  env: process.env,
  workingDirectory: process.cwd(),
  version: VERSION,
  command: COMMAND,
});
// After a second interrupt things still run; the answer to it is to end now.
process.exit(exitCode);
