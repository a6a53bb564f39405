import { Command } from "commander";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { withAccess } from "../access/access.ts";
import { startOwnServer } from "../access/start-server.ts";
import { action, type CommandCall } from "../command-call.ts";
import { demoModel, type DemoModel } from "../demo/demo-model.ts";
import { checkDemoOptions, type DemoOptions } from "../demo/demo-options.ts";
import { playDemo } from "../demo/play-demo.ts";
import { autoSentence } from "../doctor/advice.ts";
import { exitCodeOf } from "../exit-codes.ts";
import { wholeNumber } from "../option-values.ts";
import { reportError } from "../report-error.ts";
import type { Session } from "../session.ts";
import { providerOption } from "../provider-option.ts";

/** `sandlot demo`: the whole way of a rollout, without a model. */
export function demoCommand(session: Session): Command {
  return new Command("demo")
    .description("play a programming environment with recorded attempts: no model, nothing to configure")
    .option("--repeats <number>", "attempts at each task (default: 4)", wholeNumber(1))
    .option("--task <id>", "only this task")
    .option(
      "--answer <file>",
      "your own attempt at the task: a Python program, or markdown with a code block (- for standard input)",
    )
    .option("--model-url <url>", "OpenAI-compatible endpoint to play instead of the recorded attempts")
    .option("--model <name>", "name the endpoint knows its model by (default: its only one)")
    .option("--model-key-file <file>", "file with the endpoint's API key")
    .addOption(providerOption())
    .action(action<DemoOptions>(session, demo));
}

async function demo(call: CommandCall<DemoOptions>): Promise<number> {
  checkDemoOptions(call.options);
  const model = await demoModel(call);
  try {
    const access = await startOwnServer(call, { config: model.config, plays: true });
    return await withAccess(call, access, () => playDemo(call, access, model));
  } catch (error) {
    if (SandlotError.is(error, "provider_unavailable")) return await tellWhatToInstall(call, model, error);
    throw error;
  } finally {
    await model.replay?.stop();
  }
}

/** Nothing ever runs outside of a sandbox: a machine without one is told what it lacks. */
async function tellWhatToInstall(call: CommandCall, { config }: DemoModel, error: SandlotError): Promise<number> {
  reportError(call.screen, error, false);
  call.screen.note(`  ${autoSentence(await call.session.options.services.probeProviders(config))}`);
  return exitCodeOf(error);
}
