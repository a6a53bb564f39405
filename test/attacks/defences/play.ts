import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../../src/core/errors/sandlot-error.ts";
import type { AttackEntry } from "../entry.ts";
import { ENTRIES } from "../gate/families.ts";
import { playEntries } from "../gate/gate.ts";
import { openArena } from "../gate/open.ts";
import { DEFENCES, type Defence } from "./list.ts";

const SANDBOXES = join(import.meta.dirname, "../../../sandboxes");

/** What came of taking one defence down. */
export interface Breach {
  readonly defence: Defence;
  /** Attacks that got through; empty where another wall holds them, too. */
  readonly through: readonly string[];
  readonly tried: readonly string[];
  /** Why no sandbox came up without it, or null. */
  readonly failure: string | null;
}

/** The agent without one of its defences, in a copy: the original is never touched. */
function weakened({ patches }: Defence): string {
  const root = mkdtempSync(join(tmpdir(), "sandlot-defence-"));
  for (const folder of ["agent", "python"]) cpSync(join(SANDBOXES, folder), join(root, folder), { recursive: true });
  for (const { file, find, replace } of patches) {
    const path = join(root, "agent", file);
    writeFileSync(path, apply(readFileSync(path, "utf8"), find, replace, file));
  }
  return root;
}

function apply(source: string, find: string, replace: string, file: string): string {
  const at = source.indexOf(find);
  if (at < 0 || source.includes(find, at + 1)) throw new Error(`${file} does not have exactly once: ${find}`);
  return source.slice(0, at) + replace + source.slice(at + find.length);
}

/** Whether every defence still is where the list says. Throws when not. */
export function checkDefences(): void {
  for (const { patches } of DEFENCES)
    for (const { file, find, replace } of patches)
      apply(readFileSync(join(SANDBOXES, "agent", file), "utf8"), find, replace, file);
}

/** The entries with those variants that an attack is named for by `wanted`. */
export function chosen(wanted: readonly string[]): AttackEntry[] {
  return ENTRIES.flatMap((entry) => {
    const variants = entry.variants.filter(({ name }) => wanted.some((want) => `${entry.id} ${name}`.startsWith(want)));
    return variants.length > 0 ? [{ ...entry, variants, twins: [] }] : [];
  });
}

export async function breach(defence: Defence): Promise<Breach> {
  const entries = chosen(defence.attacks);
  const tried = entries.flatMap(({ id, variants }) => variants.map(({ name }) => `${id} ${name}`));
  const root = weakened(defence);
  const mode = defence.where === "docker" ? "A" : "B";
  const { arena, close } = await openArena({ provider: defence.where, runtime: "default", mode }, root);
  try {
    await arena.close(await arena.open());
    const findings = await playEntries(arena, entries);
    const through = findings.filter(({ state, entry }) => state === "missed" && entry !== "all");
    return { defence, tried, through: through.map(({ entry, name }) => `${entry} ${name}`), failure: null };
  } catch (error) {
    return { defence, tried, through: [], failure: messageOf(error) };
  } finally {
    await close();
    rmSync(root, { recursive: true, force: true });
  }
}

export function breachTable(breaches: readonly Breach[]): string {
  const rows = breaches.map(({ defence, through, tried, failure }) => {
    const seen =
      through.length > 0
        ? through.join("; ")
        : failure
          ? `no sandbox comes up: ${failure}`
          : `none of ${tried.length}: another wall holds, too`;
    return `| ${[defence.name, `${defence.where} ${defence.where === "docker" ? "A" : "B"}`, seen].map(cell).join(" | ")} |`;
  });
  return ["| without | tried on | what gets through |", "| --- | --- | --- |", ...rows].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("\n", " ").replace(/[|<>*_`]/g, (mark) => `\\${mark}`);
}
