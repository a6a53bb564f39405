import { mkdir, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Command, Option } from "commander";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { action, type CommandCall } from "../command-call.ts";
import type { Session } from "../session.ts";
import { SCAFFOLD_KINDS, type ScaffoldKind } from "../scaffold/task.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";

interface NewOptions {
  readonly kind: ScaffoldKind;
  readonly dir: string;
}

/** As environment.yaml has it. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** `sandlot env new`: a new environment that passes `env check`. */
export function envNewCommand(session: Session): Command {
  return new Command("new")
    .description("write a new environment that passes `env check`, to be filled with one's own tasks")
    .argument("<name>", "its name: lower-case letters, digits, _ and -")
    .addOption(new Option("--kind <kind>", "what programs are judged by").choices([...SCAFFOLD_KINDS]).default("stdin"))
    .option("--dir <directory>", "where its folder is made", "environments")
    .action(action<NewOptions>(session, create));
}

async function create(call: CommandCall<NewOptions>): Promise<void> {
  const { screen, session, options, args } = call;
  const [name = ""] = args;
  if (!NAME.test(name)) throw refused("NAME", "expected 1 to 64 lower-case letters, digits, _ and -, no _ or - first");
  const { command = "sandlot", workingDirectory } = session.options;
  const folder = resolve(workingDirectory, options.dir, name);
  if (existsSync(folder)) throw refused("NAME", `${folder} exists already`);
  const { scaffold } = await import("../scaffold/scaffold.ts");
  const files = scaffold(name, options.kind);
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text, { flag: "wx" });
  }
  screen.document({ name, kind: options.kind, folder, files: [...files.keys()] });
  const shown = relative(workingDirectory, folder) || ".";
  // A path finds it anywhere; a name only in the folders of the configuration.
  const called = options.dir === "environments" ? name : /[\\/]/.test(shown) ? shown : `./${shown}`;
  screen.print(
    `${sanitiseLine(shown)}: ${files.size} files`,
    ...[...files.keys()].filter((path) => !path.startsWith("fixtures/")).map((path) => `  ${path}`),
    "  fixtures/",
    `next: ${command} env check ${sanitiseLine(called)}`,
  );
}

function refused(field: string, problem: string): SandlotError {
  return new SandlotError("invalid_request", { fields: [{ field, problem }] });
}
