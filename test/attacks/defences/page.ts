import type { Breach } from "./play.ts";

const UNPROVED = "NOT PROVED: ";

/** A line of the table: what came of taking one defence down. */
export function rowOf({ defence, through, proof, detail }: Breach): string {
  const seen = through.join("; ") || (proof === "none" ? UNPROVED + detail : detail);
  const where = `${defence.where} ${defence.where === "docker" ? "A" : "B"}`;
  return `| ${[defence.name, where, seen].map(cell).join(" | ")} |`;
}

function cell(text: string): string {
  return text.replaceAll("\n", " ").replace(/[|<>*_`]/g, (mark) => `\\${mark}`);
}

/** The row that a page has for a defence, or null. */
export function rowIn(page: string, name: string): string | null {
  return page.split("\n").find((line) => line.startsWith(`| ${cell(name)} | `)) ?? null;
}

export function pageOf(rows: readonly string[]): string {
  return [
    "# What each defence is for",
    "",
    "Written by `npm run attacks:defences`: the agent is copied, one defence is taken down in the copy, and the attacks that it is there",
    "for are played again. What stands in the last column got through, and is held by the agent as it is. A defence that is second to",
    "another holds the same attacks as that one: they get through when both are down.",
    "",
    "| without | tried on | what gets through |",
    "| --- | --- | --- |",
    ...rows,
    "",
    summaryOf(rows),
    "",
  ].join("\n");
}

export function summaryOf(rows: readonly string[]): string {
  const unproved = rows.filter((row) => row.includes(`| ${UNPROVED}`)).length;
  const second = rows.filter((row) => row.includes("| second to ")).length;
  const first = rows.length - unproved - second;
  return `${first} of ${rows.length} were seen to matter by themselves, ${second} are second lines, ${unproved} were not proved.`;
}
