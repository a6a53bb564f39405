import { Command } from "commander";
import type { VerifyResult } from "../../contract/verification.ts";
import type { Outcome } from "../../core/outcome.ts";
import { withAccess } from "../access/access.ts";
import { action, type CommandCall } from "../command-call.ts";
import { EXIT } from "../exit-codes.ts";
import { providerOption } from "../provider-option.ts";
import { someSandboxes } from "../sandbox/sandbox-access.ts";
import type { Session } from "../session.ts";
import { readVerifyRequest, type VerifyOptions } from "../verification/verify-request.ts";
import { verifyScreen } from "../verification/verify-screen.ts";

/** `sandlot verify`: the verdict on one answer, without agent or model. */
export function verifyCommand(session: Session): Command {
  return new Command("verify")
    .description("verify an answer to a task: outcome, reward, every test, the first difference")
    .argument("<environment>", "its name")
    .option("--task <id>", "the task, by its id in the dataset")
    .option("--dataset <name>", "dataset of the task (default: the environment's first)")
    .option("--row <file>", "a whole dataset row instead of a task (- for standard input)")
    .option("--answer <file>", "the model's final text, or a program (- for standard input)")
    .option("--response <file>", "a Responses object instead of an answer (- for standard input)")
    .addOption(providerOption())
    .addHelpText(
      "after",
      "\nThe exit code is 0 when the answer is right, 5 when it is judged and is not, and 4 or 1 when a fault kept it from\nbeing judged, by whose fault that is.",
    )
    .action(action<VerifyOptions>(session, verify));
}

async function verify(call: CommandCall<VerifyOptions>): Promise<number> {
  const { screen, signal } = call;
  const body = await readVerifyRequest(call);
  const answer = await withAccess(call, await someSandboxes(call), ({ client }) => client.verify(body, { signal }));
  if ("items" in answer) throw new TypeError("one item was sent, a batch was answered");
  screen.document(answer);
  screen.print(...verifyScreen(screen, answer));
  return exitCodeOf(answer);
}

const INFRASTRUCTURE: ReadonlySet<Outcome> = new Set(["sandbox_error", "model_error", "timed_out"]);

function exitCodeOf({ outcome, verdict }: VerifyResult): number {
  if (verdict) return verdict.status === "passed" ? EXIT.done : EXIT.program;
  return INFRASTRUCTURE.has(outcome) ? EXIT.infrastructure : EXIT.failed;
}
