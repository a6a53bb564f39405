import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../../src/core/errors/sandlot-error.ts";
import type { AttackEntry } from "../entry.ts";
import { ENTRIES } from "../gate/families.ts";
import { type Finding, playEntries } from "../gate/gate.ts";
import { openArena } from "../gate/open.ts";
import { DEFENCES, type Defence } from "./list.ts";

const SANDBOXES = join(import.meta.dirname, "../../../sandboxes");

/** What came of taking one defence down. */
export interface Breach {
  readonly defence: Defence;
  readonly tried: readonly string[];
  /** `second_line`: each of two held the same attacks without the other, and something got through without both. */
  readonly proof: "got_through" | "no_start" | "second_line" | "none";
  /** Attacks that got through and are held by the agent as it is. */
  readonly through: readonly string[];
  /** Why there is no proof, or what a start failed with. */
  readonly detail: string;
}

/** The agent with patches, in a copy: the original is never touched. */
function copied({ patches }: Pick<Defence, "patches">): string {
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

/** Whether every defence still is where the list says, alone and with its first line. Throws when not. */
export function checkDefences(): void {
  for (const defence of DEFENCES) {
    const sources = new Map<string, string>();
    for (const { file, find, replace } of [...defence.patches, ...(firstLine(defence)?.patches ?? [])]) {
      const source = sources.get(file) ?? readFileSync(join(SANDBOXES, "agent", file), "utf8");
      sources.set(file, apply(source, find, replace, file));
    }
  }
}

function firstLine({ secondTo }: Defence): Defence | undefined {
  return DEFENCES.find(({ name }) => name === secondTo);
}

/** The entries with those variants that an attack is named for by `wanted`. */
export function chosen(wanted: readonly string[]): AttackEntry[] {
  return ENTRIES.flatMap((entry) => {
    const variants = entry.variants.filter(({ name }) => wanted.some((want) => `${entry.id} ${name}`.startsWith(want)));
    return variants.length > 0 ? [{ ...entry, variants, twins: [] }] : [];
  });
}

/** What became of attacks on a copy of the agent: those that were held, that were not, and that met a fault of ours. */
interface Play {
  readonly held: readonly string[];
  readonly missed: readonly string[];
  readonly faulty: readonly string[];
  readonly startFailure: string | null;
}

async function play(
  where: Defence["where"],
  entries: readonly AttackEntry[],
  patches: Defence["patches"],
): Promise<Play> {
  const root = copied({ patches });
  const mode = where === "docker" ? "A" : "B";
  const { arena, close } = await openArena({ provider: where, runtime: "default", mode }, root);
  try {
    const startFailure = await arena.open().then(
      (sandbox) => arena.close(sandbox).then(() => null),
      (error: unknown) => messageOf(error),
    );
    if (startFailure !== null) return { held: [], missed: [], faulty: [], startFailure };
    const findings = (await playEntries(arena, entries)).filter(({ entry }) => entry !== "all");
    const named = (state: Finding["state"], ours = false) =>
      findings
        .filter((it) => it.state === state && (it.ours ?? false) === ours)
        .map(({ entry, name }) => `${entry} ${name}`);
    return { held: named("held"), missed: named("missed"), faulty: named("missed", true), startFailure: null };
  } finally {
    await close();
    rmSync(root, { recursive: true, force: true });
  }
}

/** Attacks that the agent as it is holds, by where they were played: each is played there until it was held once. */
export class Baseline {
  readonly #held = new Set<string>();

  /** Those of `attacks` that are held by all defences together. */
  async held(where: Defence["where"], attacks: readonly string[]): Promise<string[]> {
    const unknown = attacks.filter((attack) => !this.#held.has(`${where} ${attack}`));
    if (unknown.length > 0) {
      const { held, startFailure } = await play(where, exactly(unknown), []);
      if (startFailure !== null) throw new Error(`the agent as it is does not start: ${startFailure}`);
      for (const attack of held) this.#held.add(`${where} ${attack}`);
    }
    return attacks.filter((attack) => this.#held.has(`${where} ${attack}`));
  }
}

function exactly(attacks: readonly string[]): AttackEntry[] {
  return ENTRIES.flatMap((entry) => {
    const variants = entry.variants.filter(({ name }) => attacks.includes(`${entry.id} ${name}`));
    return variants.length > 0 ? [{ ...entry, variants, twins: [] }] : [];
  });
}

/** On a busy machine a play may prove nothing: a sandbox stalls, or the next run is not where the attack was. */
const TRIES = 3;

/** Takes one defence down. An attack that gets through proves something only where the agent as it is holds it. */
export async function breach(defence: Defence, baseline: Baseline): Promise<Breach> {
  let found = await tryWithoutIt(defence, baseline);
  for (let more = TRIES - 1; more > 0 && found.proof === "none"; more--) found = await tryWithoutIt(defence, baseline);
  return found;
}

async function tryWithoutIt(defence: Defence, baseline: Baseline): Promise<Breach> {
  try {
    return await withoutIt(defence, baseline);
  } catch (error) {
    return { defence, tried: [], through: [], proof: "none", detail: `could not be played: ${messageOf(error)}` };
  }
}

async function withoutIt(defence: Defence, baseline: Baseline): Promise<Breach> {
  const alone = await withoutPatches(defence, defence.patches, baseline);
  const first = firstLine(defence);
  if (!first || alone.proof !== "none" || !alone.nothingWrong) return alone;
  const both = await withoutPatches(defence, [...defence.patches, ...first.patches], baseline);
  if (both.proof !== "got_through")
    return { ...both, proof: "none", detail: `${alone.detail}; with both down: ${both.detail}` };
  // What gets through without the first line, too, says nothing of the second.
  const { missed } = await play(defence.where, exactly(both.through), first.patches);
  const through = both.through.filter((attack) => !missed.includes(attack));
  if (through.length === 0)
    return { ...both, proof: "none", through, detail: `it does not hold when ${first.name} is down` };
  const detail = `second to ${first.name}; with both down: ${through.join("; ")}`;
  return { ...both, proof: "second_line", through: [], detail };
}

/** `nothingWrong`: every attack was played, and held. */
async function withoutPatches(
  defence: Defence,
  patches: Defence["patches"],
  baseline: Baseline,
): Promise<Breach & { readonly nothingWrong: boolean }> {
  const { where, attacks, startFails } = defence;
  const entries = chosen(attacks);
  const tried = entries.flatMap(({ id, variants }) => variants.map(({ name }) => `${id} ${name}`));
  const facts = { defence, tried, through: [], nothingWrong: false };
  const { missed, faulty, startFailure } = await play(where, entries, patches);
  if (startFailure !== null) {
    const expected = startFails?.test(startFailure) === true;
    return { ...facts, proof: expected ? "no_start" : "none", detail: `no sandbox comes up: ${startFailure}` };
  }
  if (startFails) return { ...facts, proof: "none", detail: `a sandbox comes up, which was not to: ${startFails}` };
  const through = await baseline.held(where, missed);
  if (through.length > 0) return { ...facts, proof: "got_through", through, detail: "" };
  if (missed.length > 0) return { ...facts, proof: "none", detail: `missed with it, too: ${missed.join("; ")}` };
  if (faulty.length > 0) return { ...facts, proof: "none", detail: `faults of ours: ${faulty.join("; ")}` };
  return { ...facts, proof: "none", detail: `none of ${tried.length}`, nothingWrong: true };
}
