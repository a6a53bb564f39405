import { Command } from "commander";
import { loadSettings } from "../access/settings.ts";
import { action, type CommandCall } from "../command-call.ts";
import { examine } from "../doctor/examine.ts";
import { doctorScreen } from "../doctor/doctor-screen.ts";
import { EXIT } from "../exit-codes.ts";
import { unlessAborted } from "../interrupts.ts";
import type { Session } from "../session.ts";

/** `sandlot doctor`: what this machine has and lacks. */
export function doctorCommand(session: Session): Command {
  return new Command("doctor")
    .description("check what this machine has and lacks, and say what to do")
    .action(action(session, doctor));
}

async function doctor(call: CommandCall): Promise<number> {
  const { screen, session, signal } = call;
  const { config } = await loadSettings(call);
  screen.progress.step("looking at this machine …");
  const report = await unlessAborted(signal, examine({ config, services: session.options.services }));
  screen.progress.clear();
  screen.document(report);
  screen.print(...doctorScreen(screen, report));
  return report.ready ? EXIT.done : EXIT.infrastructure;
}
