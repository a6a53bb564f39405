import { Command } from "commander";
import { loadSettings } from "../access/settings.ts";
import { action, type CommandCall } from "../command-call.ts";
import type { Session } from "../session.ts";
import { plural } from "../terminal/format.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";
import { table } from "../terminal/table.ts";

/** `sandlot config`: what is configured, and from where. */
export function configCommand(session: Session): Command {
  const print = new Command("print")
    .description("print every setting; secrets are left out")
    .option("--sources", "with the place that each value comes from")
    .action(action<{ sources?: boolean }>(session, printConfig));
  const check = new Command("check").description("check the configuration").action(action(session, checkConfig));
  return new Command("config").description("print and check the configuration").addCommand(print).addCommand(check);
}

async function printConfig(call: CommandCall<{ sources?: boolean }>): Promise<void> {
  const { screen, options } = call;
  const loaded = await loadSettings(call);
  const { explain } = await import("../../config/index.ts");
  const settings = explain(loaded);
  screen.document({ file: loaded.file, warnings: loaded.warnings, settings });
  const value = (v: unknown) => (v === null ? "" : typeof v === "string" ? v : JSON.stringify(v));
  if (options.sources) {
    const columns = [{ title: "setting" }, { title: "value", shrink: true }, { title: "source" }];
    const rows = settings.map((setting) => [
      setting.path,
      value(setting.value),
      setting.value === null ? "" : setting.source,
    ]);
    screen.print(...table(columns, rows, { width: screen.columns, paintTitle: screen.colors.bold }));
    return;
  }
  screen.print(...settings.map(({ path, value: v }) => `${path}: ${sanitiseLine(value(v))}`.trimEnd()));
}

async function checkConfig(call: CommandCall): Promise<void> {
  const { screen } = call;
  const { file, warnings } = await loadSettings(call);
  screen.document({ ok: true, file, warnings });
  const where = file === null ? "no file, only defaults, variables and flags" : sanitiseLine(file);
  screen.print(
    `${screen.colors.green("ok")}  ${where}${warnings.length > 0 ? ` (${plural(warnings.length, "warning")})` : ""}`,
  );
}
