import { runCli } from "./cli/index.ts";
import { cliServices } from "./compose/services.ts";

process.exitCode = await runCli(process.argv.slice(2), cliServices);
