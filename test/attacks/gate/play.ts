import type { RunResult, Sandbox } from "../../../src/sandbox/index.ts";
import { candidateCouldCause } from "../../../src/sandbox/index.ts";
import type { ActedAttack, Attack, AttackRun, Expectation, Honest, ProgramAttack, Step, Word } from "../entry.ts";
import { prints } from "../expect.ts";
import type { Arena } from "./arena.ts";
import { difference, type Found, inspect, type Kind } from "./inspection.ts";
import { playNeighbour } from "./neighbour.ts";
import { sharesSandboxes } from "./target.ts";

/** How one way of attacking went: null, or what went wrong. */
export type Outcome = string | null;

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
export async function playAttack(arena: Arena, stage: Stage | null, attack: Attack): Promise<Outcome> {
  if ("act" in attack) return attack.act(arena);
  const sandbox = stage?.sandbox ?? null;
  let attacking = true;
  const neighbours = stage ? besides(arena, stage, () => attacking) : Promise.resolve(null);
  const attacked = playProgram(arena, sandbox, attack).finally(() => (attacking = false));
  const [own, theirs] = await Promise.all([attacked, neighbours]);
  const problems = [own, theirs && `a neighbour: ${theirs}`];
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
  return problems.filter(Boolean).join("; ") || null;
}

async function playProgram(arena: Arena, sandbox: Sandbox | null, attack: ProgramAttack): Promise<Outcome> {
  const { beside } = attack;
  if (!beside) return step(arena, sandbox, attack);
  const later = async () => {
    await new Promise((resolve) => setTimeout(resolve, beside.afterMs ?? 0));
    return step(arena, sandbox, beside);
  };
  const [own, other] = await Promise.all([step(arena, sandbox, attack), later()]);
  return [own, note("beside it", other)].filter(Boolean).join("; ") || null;
}

/** One honest run after the other for as long as the attack lasts, at least one. */
async function besides(arena: Arena, stage: Stage, attacking: () => boolean): Promise<Outcome> {
  do {
    const wronged = await playNeighbour(arena, stage.sandbox);
    if (wronged) return wronged;
  } while (attacking());
  return null;
}

async function step(arena: Arena, sandbox: Sandbox | null, { run, expect }: Step): Promise<Outcome> {
  const result = await resultOrFault(arena, sandbox, run, expect);
  return result && expect.check(result);
}

/**
 * Where slots have no namespaces, a program can bring down its own lane, and with it the sandbox that is removed
 * anyway. That is contained: the attribution suite proves that nobody gains by it.
 */
async function resultOrFault(
  arena: Arena,
  sandbox: Sandbox | null,
  run: AttackRun,
  { word }: Expectation,
): Promise<RunResult | null> {
  try {
    return await arena.run(sandbox, run);
  } catch (error) {
    if (!sharesSandboxes(arena.target) && word !== "refused" && candidateCouldCause(error)) return null;
    throw error;
  }
}

export function playTwin(arena: Arena, stage: Stage | null, { run, prints: expected }: Honest): Promise<Outcome> {
  return step(arena, stage?.sandbox ?? null, { run, expect: prints(expected) });
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
