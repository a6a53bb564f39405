import type { Attempt, RolloutRecord } from "../../contract/rollouts.ts";
import { duration, rewardText, timestamp } from "../terminal/format.ts";
import { sanitise, sanitiseLine } from "../terminal/sanitise.ts";
import type { Screen } from "../terminal/screen.ts";
import { table } from "../terminal/table.ts";
import { caseTable, firstFailure, indented } from "./cases.ts";
import { answerText, promptText, toolNames } from "./conversation.ts";
import { outcomeText } from "./outcome-text.ts";

/** One rollout with everything a reader wants to see of it; all foreign text is sanitised. */
export function rolloutScreen(screen: Screen, record: RolloutRecord): string[] {
  const c = screen.colors;
  const { verdict } = record;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", c.bold(c.cyan(`── ${title} ──`)), ...lines];
  const text = (title: string, value: string) => section(title, value.trim() === "" ? [] : indented(sanitise(value)));
  const tools = toolNames(record);
  const failure = verdict && firstFailure(screen, verdict);
  const passed = verdict?.cases.filter(({ status }) => status === "passed").length ?? 0;
  return [
    ...header(screen, record),
    ...text("prompt", promptText(record)),
    ...section("tool calls", tools.length === 0 ? [] : [`    ${sanitiseLine(tools.join(", "))}`]),
    ...text("answer", answerText(record)),
    ...text("extracted code", verdict?.answer ?? ""),
    ...(verdict ? section(`tests: ${passed} of ${verdict.tests} passed`, caseTable(screen, verdict)) : []),
    ...(failure ? section(failure.title, failure.lines) : []),
    ...(record.ledger.length > 1 || record.ledger.some(({ error }) => error)
      ? section("attempts", ledger(screen, record.ledger))
      : []),
  ];
}

function header(screen: Screen, record: RolloutRecord): string[] {
  const c = screen.colors;
  const { verdict, times, ended_at } = record;
  const fields: [string, string][] = [
    ["rollout", c.bold(record.id)],
    ["job", record.job_id],
    [
      "task",
      `${sanitiseLine(record.environment)} / ${sanitiseLine(record.task_id)}, attempt ${record.rollout_index + 1} of its group`,
    ],
    ["outcome", `${outcomeText(screen, record)}${record.masked ? c.yellow(" (masked: not for training)") : ""}`],
    ["reward", c.bold(rewardText(record.reward))],
    ["reason", sanitiseLine([record.reason, verdict?.message].filter(Boolean).join(": "))],
    [
      "time",
      times
        ? `${duration(times.total_ms)} (model ${duration(times.model_ms)}, tools ${duration(times.tools_ms)}, verification ${duration(times.verify_ms)})`
        : "",
    ],
    ["ended", ended_at === null ? "" : timestamp(ended_at)],
    ["attempts", record.attempts > 1 ? String(record.attempts) : ""],
    [
      "sandbox",
      verdict?.sandbox
        ? sanitiseLine(`${verdict.sandbox.provider}, mode ${verdict.sandbox.mode}, ${verdict.sandbox.image}`)
        : "",
    ],
    ["model", record.replay ? c.dim("replay: recorded answers, not for training") : ""],
  ];
  return fields.filter(([, value]) => value !== "").map(([name, value]) => `${name.padEnd(9)} ${value}`);
}

function ledger({ colors: c, columns }: Screen, attempts: readonly Attempt[]): string[] {
  const titles = [
    { title: "attempt", align: "right" },
    { title: "outcome" },
    { title: "took", align: "right" },
    { title: "error", shrink: true },
  ] as const;
  const rows = attempts.map(({ number, outcome, started_at, ended_at, error, retried }) => [
    String(number),
    `${outcome ?? "lost"}${retried ? ", tried again" : ""}`,
    started_at === null || ended_at === null ? "–" : duration(Date.parse(ended_at) - Date.parse(started_at)),
    error ? sanitise(error.message) : "",
  ]);
  return table(titles, rows, { width: columns, paintTitle: c.bold, indent: "  " });
}
