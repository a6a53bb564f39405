import { candidateCouldCause, type Sandbox } from "../../../src/sandbox/index.ts";
import type { ActedAttack, Attack, Honest, ProgramAttack, Step, Word } from "../entry.ts";
import { prints } from "../expect.ts";
import type { Arena } from "./arena.ts";
import { difference, type Found, inspect, type Kind } from "./inspection.ts";
import { playNeighbour } from "./neighbour.ts";
import { sharesSandboxes } from "./target.ts";

/** How something went: null, or what went wrong. */
export type Outcome = string | null;

/** How one way of attacking went. */
export interface Played {
  readonly problem: Outcome;
  /** It did not end as its entry says: it brought down the sandbox that it had to itself. */
  readonly broughtDown: boolean;
}

/** A sandbox that attacks share, and what its first runs found in it. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly pristine: Readonly<Record<Kind, Found>>;
}

export async function openStage(arena: Arena): Promise<Stage | null> {
  if (!sharesSandboxes(arena.target)) return null;
  const sandbox = await arena.open();
  // Whatever is only started when it is first wanted, is started now.
  const warm = await inspect(arena, sandbox, "warm");
  return { sandbox, pristine: { warm, cold: await inspect(arena, sandbox, "cold") } };
}

/** Plays one attack with honest neighbours beside it, and looks at what it left. */
export async function playAttack(arena: Arena, stage: Stage | null, attack: Attack): Promise<Played> {
  if ("act" in attack) return only(await attack.act(arena));
  const sandbox = stage?.sandbox ?? null;
  let attacking = true;
  const neighbours = stage ? besides(arena, stage, () => attacking) : Promise.resolve(null);
  const attacked = playProgram(arena, sandbox, attack).finally(() => (attacking = false));
  const [own, theirs] = await Promise.all([attacked, neighbours]);
  const problems = [own.problem, theirs && `a neighbour: ${theirs}`];
  // Lanes take turns: after so many runs, one was where the attack had been.
  const turns = stage ? arena.spec.slots + 1 : 1;
  const kind = "argv" in attack.run.program ? "cold" : "warm";
  for (let turn = 0; turn < turns; turn++) {
    if (attack.next) problems.push(note("the next run", await step(arena, sandbox, attack.next)));
    if (stage)
      problems.push(note("left behind", difference(stage.pristine[kind], await inspect(arena, stage.sandbox, kind))));
    if (problems.some(Boolean)) break;
  }
  await stage?.sandbox.check(arena.ctx);
  return { ...own, problem: problems.filter(Boolean).join("; ") || null };
}

const only = (problem: Outcome): Played => ({ problem, broughtDown: false });

async function playProgram(arena: Arena, sandbox: Sandbox | null, attack: ProgramAttack): Promise<Played> {
  const { beside } = attack;
  if (!beside) return attackStep(arena, sandbox, attack);
  const later = async () => {
    await new Promise((resolve) => setTimeout(resolve, beside.afterMs ?? 0));
    return step(arena, sandbox, beside);
  };
  const [own, other] = await Promise.all([attackStep(arena, sandbox, attack), later()]);
  return { ...own, problem: [own.problem, note("beside it", other)].filter(Boolean).join("; ") || null };
}

/** One honest run after the other for as long as the attack lasts, at least one. */
async function besides(arena: Arena, stage: Stage, attacking: () => boolean): Promise<Outcome> {
  do {
    const wronged = await playNeighbour(arena, stage.sandbox);
    if (wronged) return wronged;
  } while (attacking());
  return null;
}

/** Whoever is honest, or is only looked at: no fault is forgiven. */
async function step(arena: Arena, sandbox: Sandbox | null, { run, expect }: Step): Promise<Outcome> {
  return expect.check(await arena.run(sandbox, run));
}

/**
 * Where slots have no namespaces, a program can bring down its own lane, and with it the sandbox that is removed
 * anyway. That is contained, whatever failure it was to be caught with: the attribution suite proves that nobody gains
 * by it. Where all that it tries is to be refused, something that it tried was not.
 */
async function attackStep(arena: Arena, sandbox: Sandbox | null, { run, expect }: Step): Promise<Played> {
  try {
    return only(await step(arena, sandbox, { run, expect }));
  } catch (error) {
    if (sharesSandboxes(arena.target) || expect.word === "refused" || !candidateCouldCause(error)) throw error;
    return { problem: null, broughtDown: true };
  }
}

export async function playTwin(arena: Arena, stage: Stage | null, { run, prints: expected }: Honest): Promise<Played> {
  return only(await step(arena, stage?.sandbox ?? null, { run, expect: prints(expected) }));
}

function note(who: string, problem: Outcome): Outcome {
  return problem && `${who}: ${problem}`;
}

/** The word under which an attack that came to nothing is counted. */
export function wordOf(attack: Attack): Word {
  return "act" in attack ? attack.word : attack.expect.word;
}

export function saysOf(attack: ProgramAttack | ActedAttack): string {
  return "act" in attack ? attack.says : attack.expect.says;
}
