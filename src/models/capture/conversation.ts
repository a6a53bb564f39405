import { type Said, saidIn } from "./said.ts";

/** A thing that was said in some conversations, after the very same things in all of them. */
export interface Point<Call> {
  readonly before: Point<Call> | null;
  /** Null for the beginning. */
  readonly said: Said | null;
  /** Things said up to here. */
  readonly depth: number;
  after: Map<string, Point<Call>> | null;
  /** The latest call whose conversation was sent up to here. */
  sent: Call | null;
  /** The latest call whose answer ended here, and said something. */
  answered: Call | null;
  /** The latest call whose conversation came by here. */
  passed: Call | null;
}

/** An entry of a conversation, as raw JSON, and what it says. */
interface Entry {
  readonly raw: string;
  readonly said: readonly Said[];
}

/** A conversation as it came, and as far as it is known. */
export interface Found<Call> {
  readonly entries: readonly Entry[];
  /** What was said, entry for entry. */
  readonly said: readonly Said[];
  /** Where what is known of it ends. */
  readonly known: Point<Call>;
  /** The call whose conversation, its answer included, it goes on with, and how many entries that covers. Null for none. */
  readonly before: { readonly call: Call; readonly covers: number } | null;
}

/** Estimates, from measured heaps. */
const ENTRY_BYTES = 250;
const POINT_BYTES = 300;

/**
 * What was said in the conversations of one rollout. What several begin with is held once. Entries come back with every turn, byte
 * for byte: each is read once, and known again by its text.
 */
export class Conversations<Call> {
  readonly #beginning: Point<Call> = emptyPoint(null, null);
  readonly #entries = new Map<string, Entry>();
  /** The conversation that was kept last. The next one mostly goes on with it: to compare texts is cheaper than to look them up. */
  #latest: readonly Entry[] = [];
  #bytes = POINT_BYTES;

  /** Memory that it takes, estimated. */
  get bytes(): number {
    return this.#bytes;
  }

  /** An equal string that is no piece of another: the one that is held, where there is one. */
  own(raw: string): string {
    return this.#entries.get(raw)?.raw ?? ownCopy(raw);
  }

  /** What the entries of a conversation say; remembers nothing. */
  read(conversation: readonly string[]): Entry[] {
    return conversation.map((raw, at) => {
      const guess = this.#latest[at];
      if (guess?.raw === raw) return guess;
      return this.#entries.get(raw) ?? { raw, said: saidIn(raw) };
    });
  }

  /** How far a conversation is known; remembers nothing. */
  find(entries: readonly Entry[]): Found<Call> {
    let known = this.#beginning;
    let isKnown = true;
    let before: Found<Call>["before"] = null;
    for (const [index, { said }] of entries.entries()) {
      for (const { key } of said) {
        const next: Point<Call> | undefined = isKnown ? known.after?.get(key) : undefined;
        if (next) known = next;
        else isKnown = false;
      }
      if (isKnown && said.length > 0 && known.answered) before = { call: known.answered, covers: index + 1 };
    }
    return { entries, said: entries.flatMap(({ said }) => said), known, before };
  }

  /** Remembers a conversation that was sent, and what it was answered. Answers where each of them ends. */
  keep(
    { entries }: Found<Call>,
    answered: readonly string[],
  ): { readonly sent: Point<Call>; readonly end: Point<Call> } {
    let sent = this.#beginning;
    this.#latest = entries.map(({ raw, said }) => {
      const from = sent;
      sent = this.#advance(from, said);
      return this.#entries.get(raw) ?? this.#remember(raw, saidUpTo(sent, from));
    });
    const said = answered.flatMap((raw) => saidIn(raw));
    return { sent, end: this.#advance(sent, said) };
  }

  #advance(from: Point<Call>, said: readonly Said[]): Point<Call> {
    let at = from;
    for (const thing of said) {
      const next = at.after?.get(thing.key);
      at = next ?? this.#add(at, thing);
    }
    return at;
  }

  #add(before: Point<Call>, said: Said): Point<Call> {
    const point = emptyPoint(before, said);
    before.after = (before.after ?? new Map<string, Point<Call>>()).set(said.key, point);
    this.#bytes += POINT_BYTES + said.key.length + said.text.length;
    return point;
  }

  #remember(raw: string, said: readonly Said[]): Entry {
    const entry = { raw: ownCopy(raw), said };
    this.#entries.set(entry.raw, entry);
    // A string with any letter beyond Latin-1 takes two bytes for each.
    this.#bytes += ENTRY_BYTES + (Buffer.byteLength(raw) === raw.length ? raw.length : 2 * raw.length);
    return entry;
  }
}

/** A piece of a string keeps the whole of it in memory: here, the body of every turn. */
function ownCopy(raw: string): string {
  return Buffer.from(raw).toString();
}

/** What was said up to a point, from after another one on its way. */
export function saidUpTo<Call>(point: Point<Call>, from: Point<Call> | null = null): Said[] {
  const said: Said[] = [];
  for (let at: Point<Call> | null = point; at?.said && at !== from; at = at.before) said.push(at.said);
  return said.reverse();
}

function emptyPoint<Call>(before: Point<Call> | null, said: Said | null): Point<Call> {
  const depth = before ? before.depth + 1 : 0;
  return { before, said, depth, after: null, sent: null, answered: null, passed: null };
}
