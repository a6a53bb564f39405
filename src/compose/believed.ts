import type { Clock } from "../core/clock.ts";

/** What is known of one name. */
interface Belief {
  readonly answer: Promise<boolean>;
  readonly askedAt: number;
}

/**
 * The same question, asked again only after so many milliseconds. While it cannot be answered, the last answer is believed;
 * throws when there is none. Names are few: nothing is forgotten.
 */
export function believed(
  forMs: number,
  clock: Clock,
  ask: (name: string) => Promise<boolean>,
): (name: string) => Promise<boolean> {
  const beliefs = new Map<string, Belief>();
  return (name) => {
    const former = beliefs.get(name);
    if (former && clock.monotonic() - former.askedAt < forMs) return former.answer;
    const asked = ask(name);
    const answer = former ? asked.catch(() => former.answer) : asked;
    const belief = { answer, askedAt: clock.monotonic() };
    beliefs.set(name, belief);
    answer.catch(() => {
      if (beliefs.get(name) === belief) beliefs.delete(name);
    });
    return answer;
  };
}
