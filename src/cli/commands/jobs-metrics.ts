import { Command } from "commander";
import { withAccess } from "../access/access.ts";
import { connect } from "../access/connect.ts";
import { action, type CommandCall } from "../command-call.ts";
import { metricsScreen } from "../readings/metrics-screen.ts";
import type { Session } from "../session.ts";

interface MetricsOptions {
  readonly all?: boolean;
}

/** `sandlot jobs metrics`: what the rollouts of a job come to. */
export function jobMetricsCommand(session: Session): Command {
  return new Command("metrics")
    .description("what a job's rollouts come to, with 95 % intervals and what they rest on; also while it runs")
    .argument("<job>", "its id")
    .option("--all", "every statistic of every field, and pass@k for every k")
    .action(action<MetricsOptions>(session, showMetrics));
}

async function showMetrics(call: CommandCall<MetricsOptions>): Promise<void> {
  const { screen, options, args, signal } = call;
  const view = await withAccess(call, await connect(call), ({ client }) =>
    client.getJobMetrics(args[0] ?? "", { signal }),
  );
  screen.document(view);
  screen.print(...metricsScreen(screen, view, options.all ?? false));
}
