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
  /** In the endpoint's words. */
  readonly finishReason: string | null;
}

/** Where a call belongs in its trajectory. */
export interface Placement {
  /** The call that its prompt continues, token by token; without ids, in what is said. Null for the first of a branch. */
  readonly parent: string | null;
  /** Set when the conversation went on, and its tokens did not. */
  readonly broken: PrefixBreak | null;
}

/** The text of tokens, by the engine that made them; null when it does not tell. */
export type Decode = (ids: readonly number[]) => Promise<string | null>;

interface Earlier {
  readonly id: string;
  readonly entries: readonly Entry[];
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
    const { id, sent, answered, tokens } = call;
    const { promptTokenIds: prompt, generationTokenIds: generation } = tokens;
    const hasIds = prompt !== null && generation !== null;
    const parent = hasIds ? this.#branches.parentOf(prompt) : (this.#before(sent)?.id ?? null);
    const broken = hasIds && parent === null ? await this.#explain(sent, prompt, decode) : null;
    if (hasIds) this.#branches.add({ id, prompt, generation }, parent);
    const endsTurn = hasIds && (call.finishReason === "stop" || call.finishReason === "tool_calls");
    this.#calls.push({ id, entries: this.#entries.of([...sent, ...answered]), hasIds, endsTurn });
    return { parent, broken };
  }

  /** What the engine has already said and been told of a conversation that is about to be sent; null for nothing. */
  prefixOf(sent: readonly string[]): TokenPrefix | null {
    const before = this.#before(sent);
    return before?.endsTurn ? { ids: this.#branches.sequenceOf(before.id), entries: before.covers } : null;
  }

  /** The latest call whose whole conversation goes on in `sent`, and how many entries of it that conversation covers. */
  #before(sent: readonly string[]): (Earlier & { readonly covers: number }) | null {
    const last = this.#calls.at(-1);
    // What comes back byte for byte, as from our own agents, need not be read.
    if (last?.entries.every(({ raw }, at) => raw === sent[at])) return { ...last, covers: last.entries.length };
    const now = this.#entries.of(sent);
    for (const call of this.#calls.toReversed()) {
      const covers = covered(saidIn(call.entries), now);
      if (covers !== null) return { ...call, covers };
    }
    return null;
  }

  async #explain(sent: readonly string[], prompt: readonly number[], decode: Decode): Promise<PrefixBreak | null> {
    const now = saidIn(this.#entries.of(sent));
    const nearest = this.#nearest(now);
    if (!nearest || nearest.change === "other") return null;
    const { id: after, said, change } = nearest;
    const position = this.#branches.firstDifference(after, prompt) ?? 0;
    const expected = Array.from(this.#branches.sequenceOf(after, position));
    const reason = change === "same" ? await rendered(said, expected, prompt.slice(position), decode) : change;
    return { reason, after, position };
  }

  /** The call with ids whose conversation has most in common with this one; of equals the latest. */
  #nearest(now: readonly Said[]): { id: string; said: Said[]; change: HistoryChange } | null {
    let best: { id: string; said: Said[]; common: number } | null = null;
    for (const { id, entries, hasIds } of this.#calls) {
      if (!hasIds) continue;
      const said = saidIn(entries);
      const common = commonStart(said, now);
      if (!best || common >= best.common) best = { id, said, common };
    }
    return best && { id: best.id, said: best.said, change: historyChange(best.said, now) };
  }
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
