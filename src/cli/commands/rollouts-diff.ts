import { Command } from "commander";
import { withAccess } from "../access/access.ts";
import { connect } from "../access/connect.ts";
import { action, type CommandCall } from "../command-call.ts";
import { diffScreen } from "../diff/diff-screen.ts";
import { readSiblings, type Sibling } from "../diff/siblings.ts";
import { unifiedDiff } from "../diff/text-diff.ts";
import { wholeNumber } from "../option-values.ts";
import type { Session } from "../session.ts";

const DEFAULT_LIMIT = 16;

interface DiffOptions {
  readonly job?: string;
  readonly limit?: number;
}

/** `sandlot rollouts diff`: the rollouts of one group side by side. */
export function rolloutsDiffCommand(session: Session): Command {
  return new Command("diff")
    .description("the rollouts of one task side by side: where they part, and how the best and the worst answer differ")
    .argument("<task>", "id of the task")
    .option("--job <id>", "the job (default: the newest one with rollouts of the task)")
    .option("--limit <number>", `rollouts whose trajectories are compared (default: ${DEFAULT_LIMIT})`, wholeNumber(2))
    .action(action<DiffOptions>(session, diffRollouts));
}

async function diffRollouts(call: CommandCall<DiffOptions>): Promise<void> {
  const { screen, options, args, signal } = call;
  const query = { task: args[0] ?? "", job: options.job, limit: options.limit ?? DEFAULT_LIMIT };
  const group = await withAccess(call, await connect(call), ({ client }) => readSiblings(client, query, signal));
  const { best, worst } = group;
  const difference = best && worst ? unifiedDiff(worst.answer ?? "", best.answer ?? "") : "";
  screen.document({
    job_id: group.jobId,
    task_id: group.taskId,
    best: best?.rollout.id ?? null,
    worst: worst?.rollout.id ?? null,
    rollouts: group.siblings.map(document),
    answer_diff: difference,
  });
  screen.print(...diffScreen(screen, group, difference));
}

function document({ rollout, parting, compared, answer }: Sibling) {
  return { ...rollout, compared, parts_at: parting, answer };
}
