import type { Arena } from "./arena.ts";
import { type Holdings, holdingsOf, machine, writtenBytes } from "./host.ts";
import { openStage, type Outcome, type Played, type Stage } from "./play.ts";

/** Far above what an agent takes, far below what an attack would like it to take. */
const MOST_AGENT_BYTES = 40 << 20;

interface Held {
  readonly stage: Stage;
  readonly agent: number | null;
  readonly mounts: number;
  /** Attacks that are being played in it. */
  users: number;
  /** Somebody has left something in it: nobody else is let in. */
  spoiled: boolean;
}

/** The sandbox that attacks share, replaced when it is lost, and what it costs its surroundings. */
export class House {
  readonly #arena: Arena;
  readonly #machine = machine();
  #held: Promise<Held | null> | null = null;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** Plays in the shared sandbox; with null where every run has a sandbox of its own. What fails spoils it for others. */
  async play(act: (stage: Stage | null) => Promise<Played>): Promise<Played> {
    const held = await this.#enter();
    if (!held) return act(null);
    let problem: Outcome = "it did not come to an end";
    try {
      const played = await act(held.stage);
      problem = played.problem;
      return played;
    } finally {
      held.spoiled ||= problem !== null || held.stage.sandbox.worn;
      if (--held.users === 0 && held.spoiled) await this.#arena.close(held.stage.sandbox);
    }
  }

  async #enter(): Promise<Held | null> {
    const current = (this.#held ??= this.#open());
    const held = await current;
    if (held && (held.spoiled || (await isOver(held.stage)))) {
      if (this.#held === current) this.#held = null;
      return this.#enter();
    }
    if (held) held.users++;
    return held;
  }

  async #open(): Promise<Held | null> {
    const stage = await openStage(this.#arena);
    if (!stage) return null;
    const agent = this.#arena.agentOf(stage.sandbox);
    const mounts = agent === null ? 0 : holdingsOf(agent).mounts;
    return { stage, agent, mounts, users: 0, spoiled: false };
  }

  /** After everything was played: what changed in the agent, on its disk, and on the machine. */
  async surroundings(): Promise<Readonly<Record<string, Outcome>>> {
    const changed = { "the machine": differing(this.#machine, machine()) };
    const held = await this.#held;
    if (!held || held.agent === null || held.spoiled || (await isOver(held.stage))) return changed;
    const { peakBytes, descriptors, descendants, mounts } = await settled(held.agent);
    const { slots } = this.#arena.spec;
    const written = this.#arena.target.provider === "docker" ? await writtenBytes(held.stage.sandbox) : 0;
    return {
      ...changed,
      "the agent's memory": atMost(peakBytes, MOST_AGENT_BYTES, "bytes at its highest"),
      "the agent's descriptors": atMost(descriptors, slots + 16, "of them"),
      "the agent's descendants": atMost(descendants, PROCESSES_PER_LANE * mostLanes(slots) + 8, "of them"),
      "the agent's mounts": held.mounts === mounts ? null : `${held.mounts} became ${mounts}`,
      "the container's disk": atMost(written, 0, "bytes written"),
    };
  }
}

/** Every slot's run may have tests beside it, and one lane gets ready meanwhile. */
const mostLanes = (slots: number) => 2 * slots + 1;

/** The lane itself, its zygote, and a slot that waits. */
const PROCESSES_PER_LANE = 3;

function atMost(found: number, most: number, what: string): Outcome {
  return found <= most ? null : `${found} ${what}`;
}

async function isOver({ sandbox }: Stage): Promise<boolean> {
  return Promise.race([sandbox.ended.then(() => true), Promise.resolve(false)]);
}

function differing(before: object, after: object): Outcome {
  const [a, b] = [Object.entries(before), Object.entries(after)];
  const changes = a.flatMap(([key, value], index) =>
    value === b[index]?.[1] ? [] : [`${key}: ${value} became ${b[index]?.[1]}`],
  );
  return changes.join("; ") || null;
}

/** What an agent holds once nothing changes any more, or after two seconds. */
export async function settled(agent: number): Promise<Holdings> {
  let last = holdingsOf(agent);
  for (let tries = 0; tries < 20; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const now = holdingsOf(agent);
    if (differing(last, now) === null) return now;
    last = now;
  }
  return last;
}
