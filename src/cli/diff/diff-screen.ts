import type { Rollout } from "../../contract/rollouts.ts";
import { outcomeText } from "../rollout/outcome-text.ts";
import { count, duration, plural, rewardText } from "../terminal/format.ts";
import { sanitiseLine } from "../terminal/sanitise.ts";
import type { Screen } from "../terminal/screen.ts";
import { type Cell, type Column, table } from "../terminal/table.ts";
import { fit } from "../terminal/width.ts";
import type { Sibling, Siblings } from "./siblings.ts";

const COLUMNS: readonly Column[] = [
  { title: "try", align: "right" },
  { title: "rollout" },
  { title: "outcome" },
  { title: "reward", align: "right" },
  { title: "reason", shrink: true },
  { title: "turns", align: "right" },
  { title: "tokens", align: "right" },
  { title: "time", align: "right" },
  { title: "parts at" },
];

/** Lines of a difference that are shown; --json has all. */
const MAX_LINES = 120;
const FALLBACK_WIDTH = 120;

/** The rollouts of a group side by side, where they part from the best one, and how the best and the worst answer differ. */
export function diffScreen(screen: Screen, group: Siblings, difference: string | null): string[] {
  const c = screen.colors;
  const { siblings, best, worst } = group;
  return [
    `${c.bold(sanitiseLine(group.taskId))} in ${group.jobId}: ${plural(siblings.length, "rollout")}`,
    ...table(
      COLUMNS,
      siblings.map((sibling) => row(screen, sibling, sibling === best)),
      { width: screen.columns, paintTitle: c.bold },
    ),
    ...partings(screen, group),
    ...answers(screen, { best, worst, difference }),
  ];
}

function row(screen: Screen, { rollout, parting, compared }: Sibling, isBest: boolean): Cell[] {
  const c = screen.colors;
  const { outcome, state, truncated_by: by, metrics, times } = rollout;
  const number = (name: string) => (metrics[name] === undefined ? "" : count(metrics[name]));
  const place = parting ? `item ${parting.item + 1}` : isBest ? "the best" : compared ? "the same" : "not compared";
  return [
    { text: String(rollout.rollout_index + 1), paint: isBest ? c.green : String },
    rollout.id,
    { text: by === null ? (outcome ?? state) : `${outcome} (${by})`, paint: () => outcomeText(screen, rollout) },
    { text: rewardText(rollout.reward), paint: rollout.masked ? c.dim : c.bold },
    rollout.reason ?? "",
    number("turns"),
    number("output_tokens"),
    times ? duration(times.total_ms) : "",
    { text: place, paint: parting ? String : c.dim },
  ];
}

/** For each place at which rollouts part, what they do there: from where they begin to differ. */
function partings({ colors: c, columns = FALLBACK_WIDTH }: Screen, { siblings, best }: Siblings): string[] {
  const parted = siblings.filter(({ parting }) => parting !== null);
  if (!best || parted.length === 0) return [];
  const items = [...new Set(parted.map(({ parting }) => parting?.item ?? 0))].toSorted((a, b) => a - b);
  return items.flatMap((item) => {
    const here = parted.filter(({ parting }) => parting?.item === item);
    const labels = ["the best", ...here.map(({ rollout }) => tryText(rollout))];
    const texts = fromDifference([
      here[0]?.parting?.there ?? null,
      ...here.map(({ parting }) => parting?.here ?? null),
    ]);
    const width = Math.max(...labels.map((label) => label.length));
    const lines = texts.map((text, i) => {
      const label = (labels[i] ?? "").padEnd(width);
      const shown = fit(sanitiseLine(text ?? "(at its end)"), Math.max(LEAST, columns - width - 4));
      return `  ${i === 0 ? c.green(label) : label}  ${text === null ? c.dim(shown) : shown}`;
    });
    return ["", c.bold(c.cyan(`── item ${item + 1} ──`)), ...lines];
  });
}

/** Characters that stay of what texts have in common. */
const CONTEXT = 24;
/** Columns of a text at least. */
const LEAST = 20;

/** Texts from a little before the place where they begin to differ; their kind, the first word, stays. */
export function fromDifference(texts: readonly (string | null)[]): (string | null)[] {
  const [first = "", ...others] = texts.filter((text) => text !== null);
  let common = 0;
  while (common < first.length && others.every((text) => text[common] === first[common])) common++;
  const kind = /^\S*\s?/.exec(first)?.[0].length ?? 0;
  const from = Math.max(kind, common - CONTEXT);
  if (others.length === 0 || common <= kind || from === kind) return [...texts];
  return texts.map((text) => text && `${text.slice(0, kind)}…${text.slice(from)}`);
}

function tryText({ rollout_index }: Rollout): string {
  return `try ${rollout_index + 1}`;
}

function answers(
  { colors: c }: Screen,
  { best, worst, difference }: Pick<Siblings, "best" | "worst"> & { readonly difference: string | null },
): string[] {
  if (!best || !worst || best === worst) return [];
  const title = c.bold(c.cyan(`── answers: ${tryText(worst.rollout)} (−) and ${tryText(best.rollout)} (+) ──`));
  if (difference === null) return ["", title, c.dim("  too long to compare")];
  if (difference === "") return ["", title, c.dim("  the same")];
  const lines = difference.split("\n");
  const paint = (line: string) => (line.startsWith("+") ? c.green : line.startsWith("-") ? c.red : String);
  const left = lines.length - MAX_LINES;
  return [
    "",
    title,
    ...lines.slice(0, MAX_LINES).map((line) => paint(line)(sanitiseLine(line))),
    ...(left > 0 ? [c.dim(`(${plural(left, "line")} more; --json has all)`)] : []),
  ];
}
