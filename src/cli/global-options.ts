import type { Command } from "commander";

/** Options that every command takes, before or after its name. */
export interface GlobalOptions {
  readonly config?: string;
  readonly dataDir?: string;
  readonly url?: string;
  readonly apiKeyFile?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
}

/** Adds them to the root. */
export function addGlobalOptions(program: Command): Command {
  return program
    .option("--config <file>", "configuration file (default: sandlot.yaml here, when there is one)")
    .option("--data-dir <directory>", "data directory (default: .sandlot)")
    .option("--url <url>", "server to talk to, instead of the data directory's (also SANDLOT_URL)")
    .option("--api-key-file <file>", "file with the API key for the server (also SANDLOT_API_KEY)")
    .option("--json", "write JSON to standard output, and nothing else")
    .option("--verbose", "show the log of what runs in this process")
    .option("--no-color", "no colours (also NO_COLOR)");
}
