import { Command } from "commander";
import { action, type CommandCall } from "../command-call.ts";
import { EXIT } from "../exit-codes.ts";
import type { Session } from "../session.ts";
import { count, plural } from "../terminal/format.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";

interface CheckOptions {
  readonly model?: string;
  readonly apiKey?: string;
}

/** `sandlot model check`: what an endpoint can do, and what a trainer would miss. */
export function modelCheckCommand(session: Session): Command {
  return new Command("check")
    .description(
      "try out what an OpenAI-compatible endpoint can do, and say what a trainer would miss; exit code 1 for anything",
    )
    .argument("<url>", "its base URL, e.g. http://127.0.0.1:8000/v1")
    .option("--model <name>", "one of its models (default: the first)")
    .option("--api-key <key>", "its key")
    .action(action<CheckOptions>(session, checkModel));
}

async function checkModel(call: CommandCall<CheckOptions>): Promise<number> {
  const { screen, options, args, signal, session } = call;
  const { model, apiKey } = options;
  const report = await session.options.services.probeModel({ url: args[0] ?? "", model, apiKey, signal });
  screen.document(report);
  const { green, yellow, bold, dim } = screen.colors;
  const length = report.maxModelLength === null ? "" : `, ${count(report.maxModelLength)} tokens`;
  screen.print(`${bold(sanitiseLine(report.model ?? "no model"))}${length}`, "");
  for (const { name, ok, detail, missed } of report.capabilities) {
    screen.print(`${ok ? green("ok     ") : yellow("missing")}  ${name.padEnd(22)} ${dim(sanitiseLine(detail))}`);
    if (missed !== null) screen.print(`         ${missed}`);
  }
  const lacking = report.capabilities.filter(({ ok }) => !ok).length;
  screen.print("", lacking === 0 ? green("everything is there") : yellow(`${plural(lacking, "thing")} missing`));
  return lacking === 0 ? EXIT.done : EXIT.failed;
}
