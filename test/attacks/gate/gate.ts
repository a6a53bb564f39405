import { messageOf, SandlotError } from "../../../src/core/errors/sandlot-error.ts";
import { candidateCouldCause } from "../../../src/sandbox/index.ts";
import type { AttackEntry, Word } from "../entry.ts";
import { imageOf, whyNotApplicable } from "../not-applicable.ts";
import type { Arena } from "./arena.ts";
import { House } from "./house.ts";
import { openStage, type Outcome, type Played, playAttack, playTwin, saysOf, type Stage, wordOf } from "./play.ts";
import { sharesSandboxes } from "./target.ts";

/** What became of one way of attacking, or of one honest twin. */
export interface Finding {
  readonly entry: string;
  readonly title: string;
  /** Name of the variant; `twin 1` for an honest program. */
  readonly name: string;
  /** The word under which it is counted: that of its entry, or `contained` when it ended with its own sandbox instead. */
  readonly kind: Word | "twin";
  /** What was to come of it. */
  readonly says: string;
  /** `not_played`: an image that it needs is not built. */
  readonly state: "held" | "missed" | "not_applicable" | "not_played";
  /** Why it was missed, was not played, or does not apply; or how it ended instead of as it says. */
  readonly detail: string;
  /** It met a fault that no attack could have caused: that is a miss, and says nothing of the attack. */
  readonly ours?: boolean;
}

interface Piece {
  readonly finding: Pick<Finding, "entry" | "title" | "name" | "kind" | "says">;
  readonly image: string | null;
  readonly play: (stage: Stage | null) => Promise<Played>;
}

/** What every attack together must not have changed. */
const SURROUNDINGS = { entry: "all", title: "Surroundings", kind: "contained", says: "as before" } as const;

/** Attacks at once: with their neighbours, as many as a sandbox has slots. */
const PARALLEL = 3;

/**
 * Plays entries, several at once in one sandbox. What fails there is played again alone in a fresh sandbox, so that
 * the finding says whether it was itself or somebody beside it; either is a miss.
 */
export async function playEntries(arena: Arena, entries: readonly AttackEntry[]): Promise<Finding[]> {
  const pieces = entries.flatMap((entry) => piecesOf(arena, entry));
  const findings: Finding[] = [];
  const queue = pieces.filter((piece) => !needsQuiet(arena, piece));
  const running = new Set<string>();
  const house = new House(arena);
  const worker = async () => {
    for (let piece = queue.shift(); piece; piece = queue.shift()) {
      findings.push(await playPiece(arena, house, piece, running));
    }
  };
  try {
    for (const piece of pieces.filter((it) => needsQuiet(arena, it)))
      findings.push(await playPiece(arena, house, piece, running));
    await Promise.all(Array.from({ length: PARALLEL }, worker));
    for (const [name, problem] of Object.entries(await house.surroundings())) {
      findings.push({ ...SURROUNDINGS, name, ...verdict(problem) });
    }
  } finally {
    await arena.closeAll();
  }
  return findings.sort((a, b) => order(pieces, a) - order(pieces, b));
}

/** gVisor's own memory is everybody's: attacks on it at the same time would be taken for each other. */
function needsQuiet({ target }: Arena, { finding }: Piece): boolean {
  return target.runtime !== "default" && sharesSandboxes(target) && ["A04", "A08"].includes(finding.entry);
}

function order(pieces: readonly Piece[], { entry, name }: Finding): number {
  const at = pieces.findIndex(({ finding }) => finding.entry === entry && finding.name === name);
  return at < 0 ? pieces.length : at;
}

async function playPiece(arena: Arena, house: House, piece: Piece, running: Set<string>): Promise<Finding> {
  const unplayed = notApplicable(arena, piece) ?? (await notPlayed(arena, piece));
  if (unplayed) return unplayed;
  const { entry, name } = piece.finding;
  const label = `${entry} ${name}`;
  const others = Array.from(running);
  running.add(label);
  try {
    const first = await guarded(() => house.play((stage) => piece.play(stage)));
    if (first.problem === null) return { ...piece.finding, ...heldBy(piece, first) };
    const alone = await playAlone(arena, piece);
    if (alone.problem !== null) return { ...piece.finding, ...verdict(alone.problem), ours: alone.ours };
    const beside = `only beside ${[...others, ...running].filter((it) => it !== label).join(", ")}`;
    return { ...piece.finding, ...verdict(`${first.problem} (${beside})`), ours: first.ours };
  } finally {
    running.delete(label);
  }
}

function notApplicable(arena: Arena, { finding, image }: Piece): Finding | null {
  if (finding.kind === "twin") return null;
  const reason = whyNotApplicable(arena.target, finding, image);
  return reason === null ? null : { ...finding, state: "not_applicable", detail: reason };
}

async function notPlayed(arena: Arena, { finding, image }: Piece): Promise<Finding | null> {
  if (image === null || (await arena.has(image))) return null;
  return { ...finding, state: "not_played", detail: `the image ${image} is not built` };
}

/** `ours`: a fault that no attack could have caused. */
type Guarded = Played & { readonly ours: boolean };

async function playAlone(arena: Arena, piece: Piece): Promise<Guarded> {
  return guarded(async () => {
    const stage = await openStage(arena);
    try {
      return await piece.play(stage);
    } finally {
      if (stage) await arena.close(stage.sandbox);
    }
  });
}

async function guarded(play: () => Promise<Played>): Promise<Guarded> {
  try {
    return { ...(await play()), ours: false };
  } catch (error) {
    const context = JSON.stringify((error as { context?: unknown }).context ?? {});
    const ours = SandlotError.is(error) && !candidateCouldCause(error);
    return { problem: `fault: ${messageOf(error)} ${context}`, broughtDown: false, ours };
  }
}

function heldBy({ finding }: Piece, { broughtDown }: Played): Pick<Finding, "state" | "kind" | "detail"> {
  if (!broughtDown) return { state: "held", kind: finding.kind, detail: "" };
  return { state: "held", kind: "contained", detail: "it brought down its own sandbox" };
}

function verdict(problem: Outcome): Pick<Finding, "state" | "detail"> {
  return problem === null ? { state: "held", detail: "" } : { state: "missed", detail: problem };
}

function piecesOf(arena: Arena, { id, title, variants, twins }: AttackEntry): Piece[] {
  const of = { entry: id, title };
  return [
    ...variants.map((attack): Piece => ({
      finding: { ...of, name: attack.name, kind: wordOf(attack), says: saysOf(attack) },
      image: imageOf(attack),
      play: (stage) => playAttack(arena, stage, attack),
    })),
    ...twins.map((twin, index): Piece => ({
      finding: { ...of, name: `twin ${index + 1}`, kind: "twin", says: "passes" },
      image: null,
      play: (stage) => playTwin(arena, stage, twin),
    })),
  ];
}
