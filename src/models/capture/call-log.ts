import { BranchLog } from "../../core/tokens/branch-log.ts";
import type { BreakReason, PrefixBreak } from "../../core/tokens/prefix-break.ts";
import type { TokenCapture, TokenPrefix } from "../port.ts";
import { commonStart, type HistoryChange, historyChange } from "./history-change.ts";
import { Entries, type Entry, type Said } from "./said.ts";

/** An answered call, as it is placed among the calls of its rollout. */
export interface AnsweredCall {
  readonly id: string;
  /** Raw JSON of the conversation that was sent: items or messages. */
  readonly sent: readonly string[];
  /** Raw JSON of what came back: items, or the message. */
  readonly answered: readonly string[];
  readonly tokens: TokenCapture;
  /** Equal for requests that differ in nothing but their conversation, as far as a template sees them. */
  readonly frame: string;
  /** Whether the model itself ended its turn: it was neither cut off nor ended by a text to stop at. */
  readonly endsTurn: boolean;
}

/** Where a call belongs in its trajectory. */
export interface Placement {
  /** The call that its prompt continues, token by token; without ids, in what is said. Null for the first of a branch. */
  readonly parent: string | null;
  /** Set when a conversation went on, and the tokens of the call that it followed did not. */
  readonly broken: PrefixBreak | null;
}

/** The text of tokens, by the engine that made them; null when it does not tell. */
export type Decode = (ids: readonly number[]) => Promise<string | null>;

interface Earlier {
  readonly id: string;
  /** What was sent, and what came back. */
  readonly entries: readonly Entry[];
  /** How many of them were sent. */
  readonly sent: number;
  readonly frame: string;
  readonly hasIds: boolean;
  /** Its ids end where the model ended its answer, not where it was cut off. */
  readonly endsTurn: boolean;
}

/** The calls of one rollout in the order of their answers: what continues what, and why something does not. */
export class CallLog {
  readonly #branches = new BranchLog();
  readonly #entries = new Entries();
  readonly #calls: Earlier[] = [];

  /** Places a call and remembers it. `decode` is asked only about a break that the conversation does not explain. */
  async add(call: AnsweredCall, decode: Decode): Promise<Placement> {
    const { id, sent, answered, tokens, frame } = call;
    const { promptTokenIds: prompt, generationTokenIds: generation } = tokens;
    const hasIds = prompt !== null && generation !== null;
    const parent = hasIds ? this.#branches.parentOf(prompt) : (this.#before(this.#entries.of(sent))?.id ?? null);
    const broken = hasIds ? await this.#explain(call, prompt, decode) : null;
    if (hasIds) this.#branches.add({ id, prompt, generation }, parent);
    const entries = this.#entries.of([...sent, ...answered]);
    this.#calls.push({ id, entries, sent: sent.length, frame, hasIds, endsTurn: hasIds && call.endsTurn });
    return { parent, broken };
  }

  /**
   * What the engine has already said and been told of a conversation that is about to be sent; null for nothing, and where
   * tools, instructions or the template have changed since: these stand in front of it. Remembers nothing.
   */
  prefixOf(sent: readonly string[], frame: string): TokenPrefix | null {
    const before = this.#before(this.#entries.read(sent));
    if (!before?.endsTurn || before.frame !== frame) return null;
    return { ids: this.#branches.sequenceOf(before.id), entries: before.covers };
  }

  /**
   * The call whose conversation, its answer included, goes on in `now`, and how many entries that covers: the one that covers
   * most, of equals the latest.
   */
  #before(now: readonly Entry[]): (Earlier & { readonly covers: number }) | null {
    let best: (Earlier & { readonly covers: number }) | null = null;
    for (const call of this.#calls.toReversed()) {
      // The same sent again, as after an empty answer, does not go on.
      const covers = coveredBy(call, now) ?? 0;
      if (covers > call.sent && covers > (best?.covers ?? 0)) best = { ...call, covers };
    }
    return best;
  }

  /** Why the prompt does not continue the call that its conversation followed; null where it does, or follows none. */
  async #explain(call: AnsweredCall, prompt: readonly number[], decode: Decode): Promise<PrefixBreak | null> {
    const now = this.#entries.of(call.sent);
    const followed = this.#followed(now);
    if (!followed) return null;
    const { id: after, said, change, frame } = followed;
    const position = this.#branches.firstDifference(after, prompt);
    if (position === null) return null;
    if (change !== "same") return { reason: change, after, position };
    if (frame !== call.frame) return { reason: "edited_history", after, position };
    const expected = Array.from(this.#branches.sequenceOf(after, position));
    return { reason: await rendered(said, expected, prompt.slice(position), decode), after, position };
  }

  /** The call with ids that a conversation follows: the one it goes on with, else the one it has most in common with. */
  #followed(now: readonly Entry[]): Followed | null {
    const before = this.#before(now);
    if (before?.hasIds) return { ...before, said: saidIn(before.entries), change: "same" };
    const spoken = saidIn(now);
    let best: { call: Earlier; said: Said[]; common: number } | null = null;
    for (const call of this.#calls) {
      if (!call.hasIds) continue;
      const said = saidIn(call.entries);
      const common = commonStart(said, spoken);
      if (!best || common >= best.common) best = { call, said, common };
    }
    if (!best) return null;
    const isRepeated = commonStart(saidIn(best.call.entries.slice(0, best.call.sent)), spoken) === spoken.length;
    const change = isRepeated ? "other" : historyChange(best.said, spoken);
    return change === "other" ? null : { ...best.call, said: best.said, change };
  }
}

interface Followed extends Earlier {
  readonly said: readonly Said[];
  readonly change: Exclude<HistoryChange, "other">;
}

/** How many of the entries `now` stand for the call's whole conversation; null when it does not go on there. */
function coveredBy({ entries }: Earlier, now: readonly Entry[]): number | null {
  // What comes back byte for byte, as from our own agents, need not be compared by what it says.
  if (entries.every(({ raw }, at) => raw === now[at]?.raw)) return entries.length;
  return covered(saidIn(entries), now);
}

function saidIn(entries: readonly Entry[]): Said[] {
  return entries.flatMap(({ said }) => said);
}

/** How many entries say what was said before, and nothing else; null when they do not. */
function covered(before: readonly Said[], now: readonly Entry[]): number | null {
  let at = 0;
  for (const [index, { said }] of now.entries()) {
    if (at === before.length) return index;
    if (commonStart(before.slice(at), said) < said.length) return null;
    at += said.length;
  }
  return at === before.length ? now.length : null;
}

/** What the engine made of a conversation that only went on. Tokens from the first that differs on. */
async function rendered(
  said: readonly Said[],
  expectedIds: readonly number[],
  gotIds: readonly number[],
  decode: Decode,
): Promise<BreakReason> {
  const [expected, got] = await Promise.all([decode(expectedIds), decode(gotIds)]);
  if (expected === null || got === null) return "unknown";
  if (got.startsWith(expected)) return "non_canonical_tokens";
  const lost = said.some(({ kind, text }) => kind === "reasoning" && expected.includes(text) && !got.includes(text));
  return lost ? "dropped_reasoning" : "template_rendering";
}
