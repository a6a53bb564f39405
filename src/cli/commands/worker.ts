import { Command } from "commander";
import { loadSettings } from "../access/settings.ts";
import { serviceLogger, startWith } from "../access/start-server.ts";
import { action, type CommandCall } from "../command-call.ts";
import { aborted } from "../interrupts.ts";
import { wholeNumber } from "../option-values.ts";
import { providerFlag, providerOption } from "../provider-option.ts";
import type { Session } from "../session.ts";
import { stoppingText } from "../stopping-text.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";

interface WorkerOptions {
  readonly provider?: string;
  readonly concurrency?: number;
  readonly healthHost?: string;
  readonly healthPort?: string;
}

/** `sandlot worker`: plays rollouts beside servers that share its database, until a signal comes. */
export function workerCommand(session: Session): Command {
  return new Command("worker")
    .description("play rollouts of servers that share a Postgres (database.url)")
    .option("--concurrency <number>", "rollouts at the same time (default: 16)", wholeNumber(1))
    .addOption(providerOption())
    .option("--health-host <address>", "address of the probes (default: 127.0.0.1)")
    .option("--health-port <number>", "port of /healthz, /readyz and /metrics, 0 for any free one (default: none)")
    .action(action<WorkerOptions>(session, work));
}

async function work(call: CommandCall<WorkerOptions>): Promise<void> {
  const { session, screen, options, signal } = call;
  const { config } = await loadSettings(call, [
    { flag: "--concurrency", path: ["worker", "concurrency"], value: options.concurrency },
    { flag: "--health-host", path: ["worker", "health_host"], value: options.healthHost },
    { flag: "--health-port", path: ["worker", "health_port"], value: options.healthPort },
    providerFlag(options.provider),
  ]);
  const logger = await serviceLogger(call, config);
  const worker = await startWith(call, { config, logger }, (all) => session.options.services.startWorker(all));
  const { provider, healthUrl } = worker;
  try {
    screen.document({ provider, health_url: healthUrl, data_dir: config.data_dir, pid: process.pid });
    const probes = healthUrl === null ? "" : `  probes: ${screen.colors.bold(healthUrl)}`;
    screen.print(
      `sandlot plays rollouts  sandboxes: ${provider ?? "none"}  data: ${sanitiseLine(config.data_dir)}${probes}`,
    );
    await aborted(signal);
    screen.note(stoppingText(config, "goes back to the queue"));
  } finally {
    await worker.close(config.server.shutdown_grace_seconds * 1000);
  }
}
