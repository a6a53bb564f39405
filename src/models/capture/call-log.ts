import { BranchLog } from "../../core/tokens/branch-log.ts";
import type { BreakReason, PrefixBreak } from "../../core/tokens/prefix-break.ts";
import type { TokenCapture, TokenPrefix } from "../port.ts";
import { Conversations, type Found, type Point, saidUpTo } from "./conversation.ts";
import { historyChange } from "./history-change.ts";
import type { Said } from "./said.ts";

/** A conversation that is about to be sent. */
export interface AskedCall {
  /**
   * What the engine has already said and been told of it; null for nothing, and where tools, instructions or the template have
   * changed since: these stand in front of it.
   */
  readonly prefix: TokenPrefix | null;
  /** Equal for requests that differ in nothing but their conversation, as far as a template sees them. */
  readonly frame: string;
  readonly sent: Found<Earlier>;
}

/** What a call was answered. */
export interface Answered {
  readonly id: string;
  /** Raw JSON of what came back: items, or the message. */
  readonly answered: readonly string[];
  readonly tokens: TokenCapture;
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
  /** Where what was sent ends, and where what came back does. */
  readonly sent: Point<Earlier>;
  readonly end: Point<Earlier>;
  readonly frame: string;
  readonly hasIds: boolean;
  /** Its ids end where the model ended its answer, not where it was cut off. */
  readonly endsTurn: boolean;
  broken: PrefixBreak | null;
}

/**
 * The calls of one rollout in the order of their answers: what continues what, and why something does not. What a call takes, of
 * time and of memory, is what it adds; only to be told from what is known, the conversation and its ids are gone through once.
 */
export class CallLog {
  readonly tokens = new BranchLog();
  #conversations = new Conversations<Earlier>();

  /** Memory that it takes, estimated. */
  get bytes(): number {
    return this.tokens.bytes + this.#conversations.bytes;
  }

  /** An equal string that keeps nothing else in memory: the log's own, for an entry that it knows. */
  own(raw: string): string {
    return this.#conversations.own(raw);
  }

  /** Looks up a conversation, raw JSON of items or messages, and remembers nothing. */
  ask(conversation: readonly string[], frame: string): AskedCall {
    const sent = this.#conversations.find(this.#conversations.read(conversation));
    const { call, covers: entries } = sent.before ?? { call: null, covers: 0 };
    const goesOn = call?.endsTurn === true && call.frame === frame;
    return { prefix: goesOn ? { ids: this.tokens.sequenceOf(call.id), entries } : null, frame, sent };
  }

  /** Places a call and remembers it. `decode` is asked only about a break that the conversation does not explain. */
  async add(asked: AskedCall, { id, answered, tokens, endsTurn }: Answered, decode: Decode): Promise<Placement> {
    // Others may have been answered since it was asked.
    const sent = this.#conversations.find(asked.sent.entries);
    const { promptTokenIds: prompt, generationTokenIds: generation } = tokens;
    const hasIds = prompt !== null && generation !== null;
    const parent = hasIds ? this.tokens.add({ id, prompt, generation }) : (sent.before?.call.id ?? null);
    const found = hasIds ? this.#breakOf(id, asked.frame, sent) : null;
    const ends = this.#conversations.keep(sent, answered);
    const call: Earlier = { id, ...ends, frame: asked.frame, hasIds, endsTurn: hasIds && endsTurn, broken: null };
    if (ends.end !== ends.sent) ends.end.answered = call;
    if (hasIds) reachedBy(call);
    if (found && prompt) call.broken = await this.#named(found, prompt, decode);
    return { parent, broken: call.broken };
  }

  /** No more calls will come: only what their tokens are is kept. */
  end(): void {
    this.#conversations = new Conversations();
  }

  /** Where and why the prompt does not continue the call that its conversation followed; null where it does, or follows none. */
  #breakOf(id: string, frame: string, heard: Found<Earlier>): FoundBreak | null {
    const followed = this.#followed(heard);
    if (!followed) return null;
    const { after, reason } = followed;
    const position = this.tokens.firstDifference(after, id);
    if (position === null) return null;
    if (typeof reason === "string") return { reason, after, position };
    if (reason.frame !== frame) return { reason: "edited_history", after, position };
    return { reason, after, position };
  }

  /** The call with ids that a conversation follows: the one it goes on with, else the one it has most in common with. */
  #followed({ before, known, said }: Found<Earlier>): Followed | null {
    if (before?.call.hasIds) return { after: before.call.id, reason: before.call };
    let at: Point<Earlier> | null = known;
    while (at && !at.passed) at = at.before;
    if (!at?.passed) return null;
    // What is asked again follows what it followed the first time.
    const isRepeated = at.depth === said.length && at.passed.sent.depth >= said.length;
    if (isRepeated) return at.sent?.broken ?? null;
    const change = historyChange(saidUpTo(at.passed.end), said);
    if (change === "other") return null;
    return { after: at.passed.id, reason: change === "same" ? at.passed : change };
  }

  async #named(found: FoundBreak, prompt: readonly number[], decode: Decode): Promise<PrefixBreak> {
    const { reason: known, after, position } = found;
    if (typeof known === "string") return { reason: known, after, position };
    const expected = Array.from(this.tokens.sequenceOf(after, position));
    const reason = await rendered(saidUpTo(known.end), expected, prompt.slice(position), decode);
    return { reason, after, position };
  }
}

interface Followed {
  readonly after: string;
  /** The call itself, where its conversation only went on. */
  readonly reason: BreakReason | Earlier;
}

interface FoundBreak extends Followed {
  readonly position: number;
}

function reachedBy(call: Earlier): void {
  call.sent.sent = call;
  for (let at: Point<Earlier> | null = call.end; at; at = at.before) at.passed = call;
}

/** What the engine made of a conversation that only went on: the tokens from the first that differs on. */
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
