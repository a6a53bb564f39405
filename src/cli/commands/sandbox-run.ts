import { Command, Option } from "commander";
import type { RunView } from "../../contract/execution-answers.ts";
import type { RunInput } from "../../contract/execution.ts";
import { type Access, withAccess } from "../access/access.ts";
import { action, type CommandCall } from "../command-call.ts";
import { EXIT } from "../exit-codes.ts";
import { label } from "../option-values.ts";
import { providerOption } from "../provider-option.ts";
import { addLimitOptions } from "../sandbox/limit-options.ts";
import { namingLanguages } from "../sandbox/known-languages.ts";
import { bytesOf, RunOutput } from "../sandbox/run-output.ts";
import { readSandboxRun, type SandboxRunOptions } from "../sandbox/run-request.ts";
import { runSummary } from "../sandbox/run-summary.ts";
import { someSandboxes } from "../sandbox/sandbox-access.ts";
import type { Session } from "../session.ts";

/** `sandlot sandbox run`: one program, once. */
export function sandboxRunCommand(session: Session): Command {
  const command = new Command("run")
    .description("run a program in a sandbox: its output is this command's output")
    .argument("<file>", "the program (- for standard input)")
    .argument("[args...]", "its arguments, after --")
    .option("--language <name>", "its language (default: by its #! line or the ending of its name)")
    .option("--image <name>", "image to run it in (default: the language's own)")
    .option("--stdin <file>", "its standard input (- for this command's; default: empty)")
    .option("--file <[name=]path>", "file for its workspace; may be repeated", collect)
    .option("--env <name=value>", "environment variable; may be repeated", label)
    .addOption(new Option("--mode <mode>", "the isolation that is demanded").choices(["A", "B", "C"]))
    .option("--runtime <name>", "container runtime, e.g. runsc")
    .option("--quiet", "no line about how it ended")
    .addOption(providerOption());
  return addLimitOptions(command)
    .addHelpText("after", "\nThe exit code is 5 when the program fails; --json and the last line say how it ended.")
    .action(action<SandboxRunOptions>(session, run));
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

async function run(call: CommandCall<SandboxRunOptions>): Promise<number> {
  const request = await readSandboxRun(call);
  const result = await withAccess(call, await someSandboxes(call), (access) =>
    namingLanguages(access.client, () => play(call, access, request)),
  );
  return result.status === "ok" ? EXIT.done : EXIT.program;
}

async function play(call: CommandCall<SandboxRunOptions>, { client }: Access, request: RunInput): Promise<RunView> {
  const { screen, signal, options } = call;
  if (screen.json) {
    const result = await client.run(request, { signal });
    screen.document(result);
    return result;
  }
  const output = new RunOutput(screen);
  for await (const event of client.streamRun(request, { signal })) {
    if (event.type === "compiled") {
      // Warnings, too: what a compiler says goes to standard error, as it does without a sandbox.
      screen.raw("stderr", bytesOf(event.stage.stdout));
      screen.raw("stderr", bytesOf(event.stage.stderr));
    } else if (event.type === "output") output.add(event.output);
    else {
      output.end(event.result);
      const { stdout, stderr } = call.session.options;
      if (output.isMidLine && stdout.isTTY && stderr.isTTY) screen.noteRaw("");
      if (!options.quiet) screen.noteRaw(runSummary(event.result, screen.noteColors));
      return event.result;
    }
  }
  throw new TypeError("the stream of a run ends with its result");
}
