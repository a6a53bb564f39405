import { Command } from "commander";
import type { RescoreTally, RewardFlip } from "../../contract/rescores.ts";
import { withAccess } from "../access/access.ts";
import { verifyingServer } from "../access/verifying-server.ts";
import { action, type CommandCall } from "../command-call.ts";
import { EXIT } from "../exit-codes.ts";
import { providerOption } from "../provider-option.ts";
import type { Session } from "../session.ts";
import { count, plural, rewardText } from "../terminal/format.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";
import type { Screen } from "../terminal/screen.ts";
import { type Column, table } from "../terminal/table.ts";

/** Flips that are shown; --json has all. */
const MAX_SHOWN = 200;

/** `sandlot rescore`: stored rollouts through the present verifier. */
export function rescoreCommand(session: Session): Command {
  return new Command("rescore")
    .description(
      "verify a job's rollouts again with the present verifier; shows whose reward flips, overwrites nothing",
    )
    .argument("<job>", "its id")
    .addOption(providerOption())
    .addHelpText("after", "\nThe exit code is 3 when faults kept some answers from being judged.")
    .action(action<{ readonly provider?: string }>(session, rescore));
}

async function rescore(call: CommandCall<{ readonly provider?: string }>): Promise<number> {
  const { screen, args, signal } = call;
  const flips: RewardFlip[] = [];
  const tally = await withAccess(call, await verifyingServer(call), async ({ client }) => {
    for await (const event of client.streamRescore(args[0] ?? "", { signal })) {
      if (event.type === "flip") flips.push(event.flip);
      else if (event.type === "end") return event.tally;
      else screen.progress.update(progressText(event.tally));
    }
    throw new TypeError("a rescore ends with its end");
  });
  screen.progress.clear();
  screen.document({ ...tally, flips });
  screen.print(...flipTable(screen, flips), ...summary(tally));
  return tally.masked > 0 ? EXIT.masked : EXIT.done;
}

function progressText({ finished, rescored, skipped, flipped }: RescoreTally): string {
  return `${rescored + skipped}/${finished}  flipped ${flipped}`;
}

const COLUMNS: readonly Column[] = [
  { title: "rollout" },
  { title: "task", shrink: true },
  { title: "before", align: "right" },
  { title: "reason" },
  { title: "after", align: "right" },
  { title: "reason" },
  { title: "message", shrink: true },
];

function flipTable({ colors: c, columns }: Screen, flips: readonly RewardFlip[]): string[] {
  if (flips.length === 0) return [];
  const rows = flips
    .slice(0, MAX_SHOWN)
    .map(({ rollout_id, task_id, before, after, message }) => [
      rollout_id,
      task_id,
      rewardText(before.reward),
      before.reason ?? "",
      { text: rewardText(after.reward), paint: (after.reward ?? 0) > (before.reward ?? 0) ? c.green : c.red },
      after.reason ?? "",
      message,
    ]);
  const left = flips.length - rows.length;
  return [
    ...table(COLUMNS, rows, { ...(columns === undefined ? {} : { width: columns }), paintTitle: c.bold }),
    ...(left > 0 ? [c.dim(`(${count(left)} more; --json has all)`)] : []),
    "",
  ];
}

function summary({ id, job_id, rescored, skipped, masked, flipped, mean_before, mean_after }: RescoreTally): string[] {
  const others = [
    ...(skipped > 0 ? [`${count(skipped)} without an answer`] : []),
    ...(masked > 0 ? [`${count(masked)} masked`] : []),
  ];
  return [
    `${plural(rescored, "rollout")} of ${sanitiseLine(job_id)} rescored as ${sanitiseLine(id)}${others.length > 0 ? ` (${others.join(", ")})` : ""}`,
    `${plural(flipped, "reward")} flipped; mean reward ${rewardText(mean_before)} before, ${rewardText(mean_after)} after`,
  ];
}
