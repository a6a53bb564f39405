import { Command } from "commander";
import { stoppingText } from "../stopping-text.ts";
import { endpointFlags, type EndpointOptions, loadSettings } from "../access/settings.ts";
import { writeServerNote } from "../access/server-file.ts";
import { serviceLogger, start } from "../access/start-server.ts";
import { action, type CommandCall } from "../command-call.ts";
import { aborted } from "../interrupts.ts";
import { providerFlag, providerOption } from "../provider-option.ts";
import type { Session } from "../session.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";

interface ServeOptions extends EndpointOptions {
  readonly port?: string;
  readonly host?: string;
  readonly provider?: string;
}

/** `sandlot serve`: API, worker and database in this process, until a signal comes. */
export function serveCommand(session: Session): Command {
  return new Command("serve")
    .description("start the server in this process")
    .option("--host <address>", "address to bind (default: 127.0.0.1; others need API keys)")
    .option("--port <number>", "port, 0 for any free one (default: 7461)")
    .addOption(providerOption())
    .option("--model-url <url>", "OpenAI-compatible endpoint that becomes the model `default`")
    .option("--model <name>", "name the endpoint knows its model by (default: its only one)")
    .option("--model-key-file <file>", "file with the endpoint's API key")
    .action(action<ServeOptions>(session, serve));
}

async function serve(call: CommandCall<ServeOptions>): Promise<void> {
  const { screen, options, signal } = call;
  const loaded = await loadSettings(call, [
    { flag: "--host", path: ["server", "host"], value: options.host },
    { flag: "--port", path: ["server", "port"], value: options.port },
    providerFlag(options.provider),
    ...(await endpointFlags(call, options)),
  ]);
  const { config } = loaded;
  const server = await start(call, config, { logger: await serviceLogger(call, config) });
  const { url } = server;
  let forget = () => Promise.resolve();
  try {
    forget = await writeServerNote(config.data_dir, { url, pid: process.pid, purpose: "serve", api_key: null });
    screen.document({ url, provider: server.provider, data_dir: config.data_dir, pid: process.pid });
    const provider = server.provider ?? "none, this process plays nothing";
    screen.print(
      `sandlot serves ${screen.colors.bold(url)}  sandboxes: ${provider}  data: ${sanitiseLine(config.data_dir)}`,
    );
    await aborted(signal);
    screen.note(stoppingText(config, "waits for the next start"));
  } finally {
    // Before the server stops, so that no other command is sent to one that goes away.
    await forget();
    await server.close(config.server.shutdown_grace_seconds * 1000);
  }
}
