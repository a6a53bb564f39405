import { Command } from "commander";
import type { CheckedFixture, CheckReport } from "../../resources/check/index.ts";
import { loadSettings } from "../access/settings.ts";
import { commandLogger } from "../access/start-server.ts";
import { action, type CommandCall } from "../command-call.ts";
import { EXIT } from "../exit-codes.ts";
import { unlessAborted } from "../interrupts.ts";
import { wholeNumber } from "../option-values.ts";
import type { Session } from "../session.ts";
import { plural, rewardText } from "../terminal/format.ts";
import { sanitise } from "../terminal/sanitise.ts";
import type { Screen } from "../terminal/screen.ts";
import { table } from "../terminal/table.ts";
import { providerFlag, providerOption } from "../provider-option.ts";

interface CheckCommandOptions {
  readonly parallel?: number;
  readonly provider?: string;
}

/** `sandlot env check`: proves an environment's verifier on its fixtures. */
export function envCheckCommand(session: Session): Command {
  return new Command("check")
    .description("verify every fixture of an environment: references score, everything else does not")
    .argument("<environment>", "its name")
    .option("--parallel <number>", "fixtures at the same time (default: as many as run well)", wholeNumber(1))
    .addOption(providerOption())
    .action(action<CheckCommandOptions>(session, check));
}

async function check(call: CommandCall<CheckCommandOptions>): Promise<number> {
  const { screen, session, options, args, signal } = call;
  const { config } = await loadSettings(call, [providerFlag(options.provider)]);
  let problems = 0;
  const onChecked = (checked: CheckedFixture, done: number, total: number) => {
    if (checked.problem !== null) problems++;
    screen.progress.update(`${done}/${total}  problems ${problems}  ${checked.task}/${checked.fixture}`);
  };
  const logger = await commandLogger(call, config);
  const checking = session.options.services.checkEnvironment({
    config,
    logger,
    name: args[0] ?? "",
    parallel: options.parallel,
    onStep: (text) => screen.progress.step(`${text} …`),
    onChecked,
  });
  const report = await unlessAborted(signal, checking);
  screen.progress.clear();
  screen.document(report);
  screen.print(...reportLines(screen, report));
  return report.ok ? EXIT.done : EXIT.failed;
}

function reportLines(screen: Screen, report: CheckReport & { readonly provider: string }): string[] {
  const c = screen.colors;
  const { environment, tasks, checked, problems, provider } = report;
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
    { title: "fixtures" },
    { title: "checked", ...right },
    { title: "as expected", ...right },
    { title: "problems", ...right },
  ];
  const wrong = checked.filter(({ problem }) => problem !== null);
  const total = wrong.length + problems.length;
  return [
    `${sanitise(environment)}: ${plural(tasks, "task")}, ${plural(checked.length, "fixture")}, sandboxes: ${provider}`,
    "",
    ...table(columns, rows, { paintTitle: c.bold }),
    "",
    ...problems.map((problem) => `${c.red("problem")}  ${sanitise(problem)}`),
    ...wrong.map((fixture) => `${c.red("problem")}  ${sanitise(problemText(fixture))}`),
    report.ok ? c.green("ok: every fixture is judged as it should be") : c.red(`not ok: ${plural(total, "problem")}`),
  ];
}

function problemText({ task, fixture, problem, reward, reason, message }: CheckedFixture): string {
  const found = [`reward ${rewardText(reward)}`, reason, message].filter(Boolean).join(", ");
  return `${task}/${fixture}: ${problem} (${found})`;
}
