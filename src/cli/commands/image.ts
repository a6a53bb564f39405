import { Command } from "commander";
import { loadSettings } from "../access/settings.ts";
import { commandLogger } from "../access/start-server.ts";
import { action, type CommandCall } from "../command-call.ts";
import { EXIT } from "../exit-codes.ts";
import { checkTable, imageTable } from "../image/screens.ts";
import type { ImageCheck } from "../image/views.ts";
import { unlessAborted } from "../interrupts.ts";
import type { Session } from "../session.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";

/** `sandlot image`: the images that sandboxes are made of. */
export function imageCommand(session: Session): Command {
  const build = new Command("build")
    .description("build the sandbox images that the Docker engine lacks")
    .argument("[names...]", "images (default: all)")
    .option("--rebuild", "build also what the engine has, every step anew", false)
    .action(action(session, buildImages));
  const list = new Command("list")
    .description("images, the languages they run, and whether they are built")
    .action(action(session, listImages));
  const check = new Command("check")
    .description("run each language's smoke test in a sandbox of its image")
    .argument("[names...]", "images (default: those that are built)")
    .action(action(session, checkImages));
  const prune = new Command("prune")
    .description("remove images and volumes of earlier sources that nobody uses")
    .action(action(session, pruneImages));
  return new Command("image")
    .description("build, list, check and prune sandbox images")
    .addCommand(build)
    .addCommand(list)
    .addCommand(check)
    .addCommand(prune);
}

async function buildImages(call: CommandCall<{ rebuild: boolean }>): Promise<void> {
  const { screen, session, signal, args, options } = call;
  const { config } = await loadSettings(call);
  const onStep = (text: string) => screen.progress.step(`${text} …`);
  const build = { names: args, rebuild: options.rebuild };
  const building = session.options.services.buildImages(config, build, onStep);
  const images = await unlessAborted(signal, building);
  screen.progress.clear();
  screen.document({ images });
  screen.print(...images.map((image) => `${screen.colors.green("ready")}  ${sanitiseLine(image)}`));
}

async function pruneImages(call: CommandCall): Promise<void> {
  const { screen, session, signal } = call;
  const { config } = await loadSettings(call);
  const removed = await unlessAborted(signal, session.options.services.pruneImages(config));
  screen.document({ removed });
  screen.print(
    ...(removed.length > 0 ? removed.map((name) => `removed  ${sanitiseLine(name)}`) : ["nothing to remove"]),
  );
}

async function listImages(call: CommandCall): Promise<void> {
  const { screen, session, signal } = call;
  const { config } = await loadSettings(call);
  const items = await unlessAborted(signal, session.options.services.listImages(config));
  screen.document({ items });
  screen.print(...imageTable(screen, items));
}

async function checkImages(call: CommandCall): Promise<number> {
  const { screen, session, signal, args } = call;
  const { config } = await loadSettings(call);
  const logger = await commandLogger(call, config);
  const checking = session.options.services.checkImages({
    config,
    logger,
    names: args,
    onStep: (text) => screen.progress.step(`${text} …`),
    onChecked: ({ image, language, status }: ImageCheck) => screen.progress.update(`${image}: ${language} ${status}`),
  });
  const items = await unlessAborted(signal, checking);
  screen.progress.clear();
  screen.document({ items });
  screen.print(...checkTable(screen, items));
  const wrong = items.some(({ status }) => status === "failed" || (status === "not_built" && args.length > 0));
  return wrong ? EXIT.failed : EXIT.done;
}
