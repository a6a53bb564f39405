import { Command } from "commander";
import { withAccess } from "../access/access.ts";
import { namedServer } from "../access/find-server.ts";
import { loadSettings } from "../access/settings.ts";
import { action, type CommandCall } from "../command-call.ts";
import type { Session } from "../session.ts";
import { count, decimal } from "../terminal/format.ts";
import { type Column, table } from "../terminal/table.ts";
import { envCheckCommand } from "./env-check.ts";
import { envNewCommand } from "./env-new.ts";

/** `sandlot env`: the environments that can be played. */
export function envCommand(session: Session): Command {
  const list = new Command("list")
    .description("environments that can be played")
    .action(action(session, listEnvironments));
  return new Command("env")
    .description("list, make and check environments")
    .addCommand(list)
    .addCommand(envNewCommand(session))
    .addCommand(envCheckCommand(session));
}

const COLUMNS: readonly Column[] = [
  { title: "environment" },
  { title: "tasks", align: "right" },
  { title: "reward" },
  { title: "agent" },
  { title: "tools", shrink: true },
  { title: "description", shrink: true },
];

async function listEnvironments(call: CommandCall): Promise<void> {
  const { screen, session, signal } = call;
  const named = await namedServer(call);
  const items = named
    ? await withAccess(call, named, async ({ client }) => (await client.listEnvironments({ signal })).items)
    : await session.options.services.listEnvironments((await loadSettings(call)).config);
  screen.document({ items });
  const rows = items.map(({ name, datasets, reward_range: [low, high], agent, tools, description }) => [
    name,
    datasets.map(({ tasks }) => count(tasks)).join(" + ") || "0",
    `${decimal(low)} to ${decimal(high)}`,
    agent,
    tools.join(", ") || "none",
    description,
  ]);
  if (rows.length === 0)
    screen.print("no environments: `sandlot env new NAME` makes one, environments.paths names more folders");
  else screen.print(...table(COLUMNS, rows, { width: screen.columns, paintTitle: screen.colors.bold }));
}
