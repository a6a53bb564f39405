import type { VerifyResult } from "../../contract/verification.ts";
import { caseTable, firstFailure } from "../rollout/cases.ts";
import { duration, rewardText } from "../terminal/format.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";
import type { Screen } from "../terminal/screen.ts";

/** What came of one answer, for people; all foreign text is sanitised. */
export function verifyScreen(screen: Screen, result: VerifyResult): string[] {
  const c = screen.colors;
  const { verdict, error } = result;
  const fields: [string, string][] = [
    ["task", sanitiseLine(`${result.environment} / ${result.task_id}`)],
    ["outcome", result.masked ? c.magenta(result.outcome) : result.outcome],
    ["reward", c.bold(rewardText(result.reward))],
    ["reason", sanitiseLine([result.reason, verdict?.message ?? error?.message].filter(Boolean).join(": "))],
    ["hint", error ? c.cyan(sanitiseLine(error.hint)) : ""],
    ["time", duration(result.verify_ms)],
    ["sandbox", verdict?.sandbox ? sanitiseLine(sandboxText(verdict.sandbox)) : ""],
  ];
  const failure = verdict && firstFailure(screen, verdict);
  return [
    ...fields.filter(([, value]) => value !== "").map(([name, value]) => `${name.padEnd(9)} ${value}`),
    ...(verdict && verdict.cases.length > 0 ? ["", ...caseTable(screen, verdict)] : []),
    ...(failure ? ["", c.bold(failure.title), ...failure.lines] : []),
  ];
}

function sandboxText({ provider, mode, image }: { provider: string; mode: string; image: string }): string {
  return `${provider}, mode ${mode}, ${image}`;
}
