import { basename, dirname, resolve } from "node:path";
import { Command } from "commander";
import type { Flag } from "../../config/index.ts";
import type { CheckedFixture, CheckReport } from "../../resources/check/index.ts";
import { loadSettings } from "../access/settings.ts";
import { commandLogger } from "../access/start-server.ts";
import { action, type CommandCall } from "../command-call.ts";
import { EXIT } from "../exit-codes.ts";
import { unlessAborted } from "../interrupts.ts";
import { oneMore, wholeNumber } from "../option-values.ts";
import type { Session } from "../session.ts";
import { plural, rewardText } from "../terminal/format.ts";
import { sanitise } from "../terminal/sanitise.ts";
import type { Screen } from "../terminal/screen.ts";
import { table } from "../terminal/table.ts";
import { providerFlag, providerOption } from "../provider-option.ts";

interface CheckCommandOptions {
  readonly task?: readonly string[];
  readonly parallel?: number;
  readonly repeats?: number;
  readonly provider?: string;
}

/** `sandlot env check`: proves an environment's verifier on its fixtures. */
export function envCheckCommand(session: Session): Command {
  return new Command("check")
    .description("prove an environment's verifier: fixtures, hacks, repeats, limits, what its sandbox gives away")
    .argument("<environment>", "its name, or the path of its folder")
    .option("--task <id>", "only this task of the dataset; may be given several times", oneMore)
    .option("--parallel <number>", "fixtures at the same time (default: as many as run well)", wholeNumber(1))
    .option("--repeats <number>", "verifications of each reference, which have to agree (default: 10)", wholeNumber(1))
    .addOption(providerOption())
    .action(action<CheckCommandOptions>(session, check));
}

async function check(call: CommandCall<CheckCommandOptions>): Promise<number> {
  const { screen, session, options, signal } = call;
  const { name, flags } = environmentOf(call);
  const { config } = await loadSettings(call, [providerFlag(options.provider), ...flags]);
  let problems = 0;
  const onChecked = (checked: CheckedFixture, done: number, total: number) => {
    if (checked.problem !== null) problems++;
    screen.progress.update(`${done}/${total}  problems ${problems}  ${checked.task}/${checked.fixture}`);
  };
  const logger = await commandLogger(call, config);
  const checking = session.options.services.checkEnvironment({
    config,
    logger,
    name,
    tasks: options.task,
    parallel: options.parallel,
    repeats: options.repeats,
    onStep: (text) => screen.progress.step(`${text} …`),
    onChecked,
  });
  const report = await unlessAborted(signal, checking);
  screen.progress.clear();
  screen.document(report);
  screen.print(...reportLines(screen, report));
  return report.ok ? EXIT.done : EXIT.failed;
}

/** A path has a separator in it, or is `.`; what it lies in is where environments are looked for. */
function environmentOf({ session, args }: CommandCall<CheckCommandOptions>): { name: string; flags: Flag[] } {
  const [given = ""] = args;
  if (!/[\\/]|^\.$/.test(given)) return { name: given, flags: [] };
  const folder = resolve(session.options.workingDirectory, given);
  const flags = [{ flag: "ENVIRONMENT", path: ["environments", "paths"], value: [dirname(folder)] }];
  return { name: basename(folder), flags };
}

function reportLines(screen: Screen, report: CheckReport & { readonly provider: string }): string[] {
  const c = screen.colors;
  const { environment, tasks, checked, problems, provider, margins } = report;
  const limits = (["cpu", "memory"] as const).flatMap((name) => margins.find(({ limit }) => limit === name) ?? []);
  const kinds = [...new Set(checked.map(({ kind }) => kind))];
  const rows = kinds.map((kind) => {
    const all = checked.filter((fixture) => fixture.kind === kind);
    const wrong = all.filter(({ problem }) => problem !== null).length;
    return [
      kind,
      String(all.length),
      String(all.length - wrong),
      { text: String(wrong), paint: wrong > 0 ? c.red : c.dim },
    ];
  });
  const right = { align: "right" } as const;
  const columns = [
    { title: "checks" },
    { title: "checked", ...right },
    { title: "as expected", ...right },
    { title: "problems", ...right },
  ];
  const wrong = checked.filter(({ problem }) => problem !== null);
  const total = wrong.length + problems.length;
  return [
    `${sanitise(environment)}: ${plural(tasks, "task")}, ${plural(checked.length, "check")}, sandboxes: ${provider}`,
    "",
    ...table(columns, rows, { paintTitle: c.bold }),
    "",
    ...limits.map(({ task, limit, used, test }) =>
      sanitise(`closest to its ${limit} limit: ${task}, test ${test + 1}, ${(100 * used).toFixed(1)}%`),
    ),
    ...(limits.length > 0 ? [""] : []),
    ...problems.map((problem) => `${c.red("problem")}  ${sanitise(problem)}`),
    ...wrong.map((fixture) => `${c.red("problem")}  ${sanitise(problemText(fixture))}`),
    report.ok ? c.green("ok: everything is judged as it should be") : c.red(`not ok: ${plural(total, "problem")}`),
  ];
}

function problemText({ task, fixture, problem, reward, reason, message }: CheckedFixture): string {
  const found = [`reward ${rewardText(reward)}`, reason, message].filter(Boolean).join(", ");
  return `${task}/${fixture}: ${problem} (${found})`;
}
