import { Command, Option } from "commander";
import type { Client } from "../../client/index.ts";
import type { SessionView } from "../../contract/sessions.ts";
import { type Access, withAccess } from "../access/access.ts";
import { verifyingServer } from "../access/verifying-server.ts";
import { action, type CommandCall } from "../command-call.ts";
import { unlessAborted } from "../interrupts.ts";
import type { CliOptions } from "../io.ts";
import { label } from "../option-values.ts";
import { providerOption } from "../provider-option.ts";
import { namingLanguages } from "../sandbox/known-languages.ts";
import { addLimitOptions, type LimitOptions, limitsOf } from "../sandbox/limit-options.ts";
import { rolloutFiles } from "../sandbox/rollout-files.ts";
import { terminalLines } from "../sandbox/line-source.ts";
import { someSandboxes } from "../sandbox/sandbox-access.ts";
import { endSession, runShell, runWhole } from "../sandbox/shell.ts";
import type { Session } from "../session.ts";
import { readInput } from "../text-input.ts";

/** Largest program that is read from standard input. */
const PROGRAM_BYTES = 10 * 1024 * 1024;

interface ShellCommandOptions extends LimitOptions {
  readonly language?: string;
  readonly rollout?: string;
  readonly isolation?: "slot" | "container";
  readonly image?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly provider?: string;
}

/** `sandlot sandbox shell`: a session at the prompt. */
export function sandboxShellCommand(session: Session): Command {
  const command = new Command("shell")
    .description("talk to a session that keeps its state; Ctrl-C interrupts a call, Ctrl-D ends the session")
    .option("--language <name>", "python, bash, or another that has sessions (default: python; with --rollout: bash)")
    .option("--rollout <id>", "in a sandbox like the one that judged it, with its answer and tests as files")
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
    .addHelpText("after", "\nTime limits hold for each call. Without a terminal, standard input is run as one program.")
    .action(action<ShellCommandOptions>(session, shell));
}

async function shell(call: CommandCall<ShellCommandOptions>): Promise<number> {
  const { screen, signal, session } = call;
  const { terminal = null } = screen.json ? {} : session.options;
  // Read first: a session waits for nobody's pipe.
  const code = terminal ? null : await unlessAborted(signal, readInput(session.options, "", "-", PROGRAM_BYTES));
  const access = await (call.options.rollout === undefined ? someSandboxes(call) : verifyingServer(call));
  return withAccess(call, access, (access) => converse(call, access, { terminal, code }));
}

/** Where code comes from: a terminal, or a program that has been read. */
interface Source {
  readonly terminal: NonNullable<CliOptions["terminal"]> | null;
  readonly code: string | null;
}

async function converse(
  call: CommandCall<ShellCommandOptions>,
  { client }: Access,
  { terminal, code }: Source,
): Promise<number> {
  const { options, signal } = call;
  const { isolation, env, rollout } = options;
  const submission = rollout === undefined ? null : await client.getSubmission(rollout, { signal });
  const laid = submission && rolloutFiles(submission);
  for (const line of laid?.lines ?? []) call.screen.note(line);
  const image = options.image ?? submission?.image;
  const memoryMib = submission?.memory_mb ?? undefined;
  const limits = limitsOf({ ...(memoryMib === undefined ? {} : { memoryMib }), ...options });
  const request = {
    language: options.language ?? (submission ? "bash" : "python"),
    ...(laid && { files: laid.files }),
    ...(isolation && { isolation }),
    ...(image === undefined ? {} : { image }),
    ...(env === undefined ? {} : { env: { ...env } }),
    ...(limits === undefined ? {} : { limits }),
  };
  const session = await namingLanguages(client, () => client.openSession(request, { signal }));
  try {
    const run = terminal
      ? talk(call, client, session, terminal)
      : unlessAborted(signal, runWhole(call, { client, session, code: code ?? "" }));
    return await run;
  } finally {
    await endSession(client, session.id);
  }
}

async function talk(
  call: CommandCall,
  client: Client,
  session: SessionView,
  terminal: NonNullable<CliOptions["terminal"]>,
): Promise<number> {
  const { sandbox, isolation } = session;
  call.screen.note(
    `${session.language} in ${sandbox.provider} (${session.image}, isolation ${isolation}, mode ${sandbox.mode}); Ctrl-C interrupts, Ctrl-D ends`,
  );
  const state = { isCalling: false };
  const interrupt = () => {
    // A call that has just ended needs no interrupt.
    if (state.isCalling) client.interruptSession(session.id).catch(() => undefined);
    return state.isCalling;
  };
  const lines = terminalLines(terminal, interrupt);
  try {
    return await unlessAborted(call.signal, runShell(call, { client, session, lines, state }));
  } finally {
    lines.close();
  }
}
