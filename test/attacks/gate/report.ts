import type { AttackEntry } from "../entry.ts";
import { FAMILIES, familyOf } from "./families.ts";
import type { Finding } from "./gate.ts";
import { nameOf, type Target } from "./target.ts";

/** How a family fared. `caught`: typed or refused; `missed` and `falseAlarms` are to be 0. */
interface Tally {
  readonly entries: number;
  readonly attacks: number;
  readonly caught: number;
  readonly contained: number;
  readonly missed: number;
  readonly twins: number;
  readonly falseAlarms: number;
  readonly notApplicable: number;
  readonly elsewhere: number;
}

function tally(entries: readonly AttackEntry[], findings: readonly Finding[]): Tally {
  const attacks = findings.filter(({ entry, kind }) => entry !== "all" && kind !== "twin");
  const twins = findings.filter(({ kind }) => kind === "twin");
  const held = attacks.filter(({ state }) => state === "held");
  const count = (of: readonly Finding[], state: Finding["state"]) =>
    of.filter((finding) => finding.state === state).length;
  return {
    entries: entries.length,
    attacks: attacks.length,
    caught: held.filter(({ kind }) => kind !== "contained").length,
    contained: held.filter(({ kind }) => kind === "contained").length,
    missed: count(attacks, "missed"),
    twins: twins.length,
    falseAlarms: count(twins, "missed"),
    notApplicable: count(findings, "not_applicable"),
    elsewhere: entries.reduce((sum, { elsewhere = [] }) => sum + elsewhere.length, 0),
  };
}

const COLUMNS: readonly (readonly [keyof Tally, string])[] = [
  ["entries", "entries"],
  ["attacks", "attacks"],
  ["caught", "caught"],
  ["contained", "contained"],
  ["missed", "**missed**"],
  ["twins", "honest twins"],
  ["falseAlarms", "**false alarms**"],
  ["notApplicable", "not applicable"],
  ["elsewhere", "held by other tests"],
];

/** The head of a table whose rows are tallies of `what`. */
export function tableHead(what: string): string {
  const titles = COLUMNS.map(([, title]) => title).join(" | ");
  return `| ${what} | ${titles} |\n| --- ${"| ---: ".repeat(COLUMNS.length)}|`;
}

/** One row for every family, and one for all of them. */
export function familyTable(entries: readonly AttackEntry[], findings: readonly Finding[]): string {
  const row = (name: string, of: Tally) => `| ${[name, ...COLUMNS.map(([key]) => of[key])].join(" | ")} |`;
  const rows = Object.entries(FAMILIES).map(([letter, name]) => {
    const own = entries.filter((entry) => familyOf(entry) === letter);
    return row(
      `${letter} ${name}`,
      tally(
        own,
        findings.filter(({ entry }) => entry.startsWith(letter)),
      ),
    );
  });
  return [tableHead("family"), ...rows, row("all", tally(entries, findings))].join("\n");
}

const MARKS: Readonly<Record<Finding["state"], string>> = {
  held: "held",
  missed: "**MISSED**",
  not_applicable: "n/a",
  not_played: "not played",
};

/** The whole outcome for a target as a page: the table, then every attack. Nothing in it changes from run to run by itself. */
export function report(target: Target, entries: readonly AttackEntry[], findings: readonly Finding[]): string {
  const sections = entries.map((entry) => {
    const own = findings.filter((finding) => finding.entry === entry.id && finding.kind !== "twin");
    const twins = findings.filter((finding) => finding.entry === entry.id && finding.kind === "twin");
    const failed = twins.filter(({ state }) => state === "missed").length;
    return [
      `### ${entry.id} ${entry.title}`,
      "",
      ...own.map(({ name, kind, says, state, detail }) => {
        const why = state !== "missed" && detail ? ` (${inline(detail)})` : "";
        return `- ${MARKS[state]}: ${inline(name)} → ${kind}: ${inline(says)}${why}`;
      }),
      ...(twins.length > 0 ? [`- honest twins: ${twins.length - failed} of ${twins.length} pass`] : []),
      ...(entry.elsewhere ?? []).map(
        ({ file, test, part }) => `- ${part === undefined ? "" : `${part}: `}held by \`${file}\`: “${test}…”`,
      ),
      "",
    ].join("\n");
  });
  const around = findings.filter(({ entry }) => entry === "all");
  return [
    `# Attacks on ${nameOf(target)}`,
    "",
    "Written by `npm run attacks`. *Caught*: ended as a failure of the right kind, or refused. *Contained*: ended as it liked, and",
    "nobody beside it, after it or around it noticed. Beside every attack honest programs run, and after it an inspection of what is left.",
    "",
    familyTable(entries, findings),
    "",
    ...around.map(
      ({ name, state }) => `- ${name}, after all of them: ${state === "held" ? "as before" : "**CHANGED**"}`,
    ),
    "",
    ...sections,
  ].join("\n");
}

/** Names and expectations hold characters that Markdown would take for its own. */
function inline(text: string): string {
  return text.replaceAll("\n", "\\n").replace(/[<>|*_`[\]\\]/g, (mark) => `\\${mark}`);
}
