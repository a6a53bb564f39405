import { Command } from "commander";
import { withAccess } from "../access/access.ts";
import { action, type CommandCall } from "../command-call.ts";
import { sandboxTable } from "../sandbox/pool-screens.ts";
import { runningSandboxes } from "../sandbox/sandbox-access.ts";
import type { Session } from "../session.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";
import { sandboxRunCommand } from "./sandbox-run.ts";
import { sandboxShellCommand } from "./sandbox-shell.ts";

/** `sandlot sandbox`: programs and sessions in sandboxes, and the sandboxes themselves. */
export function sandboxCommand(session: Session): Command {
  const list = new Command("list")
    .description("sandboxes of the running server")
    .action(action(session, listSandboxes));
  const kill = new Command("kill")
    .description("remove sandboxes of the running server; what runs in them is repeated elsewhere")
    .argument("<sandbox...>", "their ids")
    .action(action(session, killSandboxes));
  return new Command("sandbox")
    .description("run programs in sandboxes; list and remove sandboxes")
    .addCommand(sandboxRunCommand(session))
    .addCommand(sandboxShellCommand(session))
    .addCommand(list)
    .addCommand(kill);
}

async function listSandboxes(call: CommandCall): Promise<void> {
  const { screen, signal } = call;
  const found = await withAccess(call, await runningSandboxes(call), ({ client }) => client.listSandboxes({ signal }));
  screen.document(found);
  if (found.items.length === 0) screen.print("no sandboxes: they are made when they are needed");
  else screen.print(...sandboxTable(screen, found.items));
}

async function killSandboxes(call: CommandCall): Promise<void> {
  const { screen, args, signal } = call;
  await withAccess(call, await runningSandboxes(call), async ({ client }) => {
    for (const id of args) {
      const removed = await client.killSandbox(id, { signal });
      screen.document(removed);
      screen.print(`removed ${sanitiseLine(id)}`);
    }
  });
}
