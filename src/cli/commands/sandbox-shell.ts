import { Command, Option } from "commander";
import { type Access, withAccess } from "../access/access.ts";
import { action, type CommandCall } from "../command-call.ts";
import { unlessAborted } from "../interrupts.ts";
import { label } from "../option-values.ts";
import { providerOption } from "../provider-option.ts";
import { addLimitOptions, type LimitOptions, limitsOf } from "../sandbox/limit-options.ts";
import { streamLines, terminalLines } from "../sandbox/line-source.ts";
import { someSandboxes } from "../sandbox/sandbox-access.ts";
import { endSession, runShell } from "../sandbox/shell.ts";
import type { Session } from "../session.ts";

interface ShellCommandOptions extends LimitOptions {
  readonly language: string;
  readonly isolation?: "slot" | "container";
  readonly image?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly provider?: string;
}

/** `sandlot sandbox shell`: a session at the prompt. */
export function sandboxShellCommand(session: Session): Command {
  const command = new Command("shell")
    .description("talk to a session that keeps its state; Ctrl-C interrupts a call, Ctrl-D ends the session")
    .option("--language <name>", "python, bash, or another that has sessions", "python")
    .addOption(
      new Option("--isolation <kind>", "slot, beside others, or container, a sandbox of its own").choices([
        "slot",
        "container",
      ]),
    )
    .option("--image <name>", "image to run it in (default: the language's own)")
    .option("--env <name=value>", "environment variable; may be repeated", label)
    .addOption(providerOption());
  return addLimitOptions(command)
    .addHelpText("after", "\nTime limits hold for each call. Without a terminal, code is read from standard input.")
    .action(action<ShellCommandOptions>(session, shell));
}

async function shell(call: CommandCall<ShellCommandOptions>): Promise<number> {
  return withAccess(call, await someSandboxes(call), (access) => converse(call, access));
}

async function converse(call: CommandCall<ShellCommandOptions>, { client }: Access): Promise<number> {
  const { options, screen, signal, session: cli } = call;
  const { language, isolation, image, env } = options;
  const limits = limitsOf(options);
  const session = await client.openSession(
    {
      language,
      ...(isolation && { isolation }),
      ...(image === undefined ? {} : { image }),
      ...(env === undefined ? {} : { env: { ...env } }),
      ...(limits === undefined ? {} : { limits }),
    },
    { signal },
  );
  const { terminal = null } = screen.json ? {} : cli.options;
  if (terminal) {
    const { sandbox, isolation: kind } = session;
    screen.note(
      `${session.language} in ${sandbox.provider} (${session.image}, isolation ${kind}, mode ${sandbox.mode}); Ctrl-C interrupts, Ctrl-D ends`,
    );
  }
  const state = { isCalling: false };
  const interrupt = () => {
    // A call that has just ended needs no interrupt.
    if (state.isCalling) client.interruptSession(session.id).catch(() => undefined);
    return state.isCalling;
  };
  const lines = terminal ? terminalLines(terminal, interrupt) : streamLines(cli.options.stdin);
  try {
    return await unlessAborted(
      signal,
      runShell(call, { client, session, lines, state, isInteractive: terminal !== null }),
    );
  } finally {
    lines.close();
    await endSession(client, session.id);
  }
}
