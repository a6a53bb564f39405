import { Command } from "commander";
import { loadSettings } from "../access/settings.ts";
import { action, type CommandCall } from "../command-call.ts";
import { unlessAborted } from "../interrupts.ts";
import type { Session } from "../session.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";

/** `sandlot image`: the images that sandboxes are made of. */
export function imageCommand(session: Session): Command {
  const build = new Command("build")
    .description("build the sandbox images that the Docker engine lacks")
    .action(action(session, buildImages));
  return new Command("image").description("build sandbox images").addCommand(build);
}

async function buildImages(call: CommandCall): Promise<void> {
  const { screen, session, signal } = call;
  const { config } = await loadSettings(call);
  const building = session.options.services.buildImages(config, (text) => screen.progress.step(`${text} …`));
  const images = await unlessAborted(signal, building);
  screen.progress.clear();
  screen.document({ images });
  screen.print(...images.map((image) => `${screen.colors.green("ready")}  ${sanitiseLine(image)}`));
}
