import { describe, expect, it } from "vitest";
import { type Answered, CallLog, type Decode } from "./call-log.ts";

const user = (text: string) => JSON.stringify({ role: "user", content: text });
const assistant = (text: string) => JSON.stringify({ role: "assistant", content: text });
const capture = (prompt: number[] | null, generation: number[] | null) => ({
  promptTokenIds: prompt,
  generationTokenIds: generation,
  generationLogProbs: generation?.map(() => -1) ?? null,
});

const TURN = { frame: "f", endsTurn: true };

interface Turn extends Answered {
  readonly sent: readonly string[];
  readonly frame: string;
}

/** Asks and is answered. */
const add = (log: CallLog, { sent, frame, ...answered }: Turn, tell: Decode) =>
  log.add(log.ask(sent, frame), answered, tell);

/** What is known of a conversation that is about to be sent. */
const prefixOf = (log: CallLog, sent: readonly string[], frame: string) => log.ask(sent, frame).prefix;

/** A tokenizer of one letter a token; capitals are the same letters, made of other tokens. */
const ids = (text: string) => Array.from(text, (letter) => letter.codePointAt(0) ?? 0);
const decode: Decode = (tokens) => Promise.resolve(String.fromCodePoint(...tokens).toLowerCase());

const first = (log: CallLog, answer = "b", sampled = answer) => {
  const tokens = capture(ids("a"), ids(sampled));
  return add(log, { id: "1", sent: [user("a")], answered: [assistant(answer)], ...TURN, tokens }, decode);
};

describe("the calls of a rollout", () => {
  it("continues a call whose prompt and generation its own prompt starts with", async () => {
    const log = new CallLog();
    expect(await first(log)).toEqual({ parent: null, broken: null });
    const sent = [user("a"), assistant("b"), user("c")];
    expect(
      await add(log, { id: "2", sent, answered: [], ...TURN, tokens: capture(ids("abc"), ids("d")) }, decode),
    ).toEqual({
      parent: "1",
      broken: null,
    });
  });

  it("tells tokens that only the text is the same of from a text that is another", async () => {
    const sent = (answer: string) => [user("a"), assistant(answer), user("c")];
    const second = async (log: CallLog, answer: string, prompt: string, tell = decode) =>
      (await add(log, { id: "2", sent: sent(answer), answered: [], ...TURN, tokens: capture(ids(prompt), [1]) }, tell))
        .broken;
    const other = new CallLog();
    await first(other, "b", "B");
    expect(await second(other, "b", "abc")).toEqual({ reason: "non_canonical_tokens", after: "1", position: 1 });
    const rendered = new CallLog();
    await first(rendered);
    expect(await second(rendered, "b", "a:bc")).toMatchObject({ reason: "template_rendering", position: 1 });
    const thinking = new CallLog();
    await first(thinking, "<think>why</think>b");
    expect(await second(thinking, "<think>why</think>b", "abc")).toMatchObject({ reason: "dropped_reasoning" });
    const silent = new CallLog();
    await first(silent);
    expect(await second(silent, "b", "a:bc", () => Promise.resolve(null))).toMatchObject({ reason: "unknown" });
  });

  it("names what the caller did with the conversation", async () => {
    const log = new CallLog();
    await first(log);
    const edited = { id: "2", sent: [user("a"), assistant("x"), user("c")], answered: [], ...TURN };
    expect(await add(log, { ...edited, tokens: capture(ids("axc"), [1]) }, decode)).toEqual({
      parent: null,
      broken: { reason: "edited_history", after: "1", position: 1 },
    });
  });

  it("calls another conversation no break", async () => {
    const log = new CallLog();
    await first(log);
    const other = { id: "2", sent: [user("z")], answered: [], ...TURN, tokens: capture(ids("z"), [1]) };
    expect(await add(log, other, decode)).toEqual({ parent: null, broken: null });
  });

  it("tells the tokens of a conversation that goes on, however it is written", async () => {
    const log = new CallLog();
    await first(log);
    const prefix = { ids: Int32Array.from(ids("ab")), entries: 2 };
    expect(prefixOf(log, [user("a"), assistant("b"), user("c")], "f")).toEqual(prefix);
    const item = JSON.stringify({ type: "message", role: "assistant", content: [{ type: "output_text", text: "b" }] });
    expect(prefixOf(log, [user("a"), item, user("c"), user("d")], "f")).toEqual(prefix);
    expect(prefixOf(log, [user("a"), user("c")], "f")).toBeNull();
  });

  it("has none of an answer that was cut off", async () => {
    const log = new CallLog();
    const tokens = capture(ids("a"), ids("b"));
    await add(
      log,
      { id: "1", sent: [user("a")], answered: [assistant("b")], frame: "f", endsTurn: false, tokens },
      decode,
    );
    expect(prefixOf(log, [user("a"), assistant("b"), user("c")], "f")).toBeNull();
  });

  it("has none where tools or instructions have changed, and calls that break the caller's doing", async () => {
    const log = new CallLog();
    await first(log);
    const sent = [user("a"), assistant("b"), user("c")];
    expect(prefixOf(log, sent, "other tools")).toBeNull();
    const call = { id: "2", sent, answered: [], frame: "other tools", endsTurn: true };
    const { broken } = await add(log, { ...call, tokens: capture(ids("tabc"), [1]) }, decode);
    expect(broken).toMatchObject({ reason: "edited_history", after: "1", position: 0 });
  });

  it("has none of the same sent again, as after an empty answer", async () => {
    const log = new CallLog();
    const empty = { id: "1", sent: [user("a")], answered: [assistant("")], ...TURN };
    await add(log, { ...empty, tokens: capture(ids("a"), ids(";")) }, decode);
    expect(prefixOf(log, [user("a")], "f")).toBeNull();
    const again = await add(log, { ...empty, id: "2", tokens: capture(ids("a"), ids("b")) }, decode);
    expect(again).toEqual({ parent: null, broken: null });
  });

  it("takes the call that goes on longest, not the last one", async () => {
    const log = new CallLog();
    await first(log);
    const second = { id: "2", sent: [user("a"), assistant("b"), user("c")], answered: [assistant("d")], ...TURN };
    await add(log, { ...second, tokens: capture(ids("abc"), ids("d")) }, decode);
    await add(
      log,
      { id: "3", sent: [user("a")], answered: [assistant("b")], ...TURN, tokens: capture(ids("a"), ids("b")) },
      decode,
    );
    const sent = [user("a"), assistant("b"), user("c"), assistant("d"), user("e")];
    expect(prefixOf(log, sent, "f")).toEqual({ ids: Int32Array.from(ids("abcd")), entries: 4 });
  });

  it("names a break in the last answer although an earlier turn is continued", async () => {
    const log = new CallLog();
    await first(log);
    const second = { id: "2", sent: [user("a"), assistant("b"), user("c")], answered: [assistant("d")], ...TURN };
    await add(log, { ...second, tokens: capture(ids("abc"), ids("D")) }, decode);
    const sent = [...second.sent, assistant("d"), user("e")];
    expect(
      await add(log, { id: "3", sent, answered: [], ...TURN, tokens: capture(ids("abcde"), [1]) }, decode),
    ).toEqual({
      parent: "1",
      broken: { reason: "non_canonical_tokens", after: "2", position: 3 },
    });
  });

  it("goes by what is said where there are no ids", async () => {
    const log = new CallLog();
    const tokens = capture(null, null);
    await add(log, { id: "1", sent: [user("a")], answered: [assistant("b")], ...TURN, tokens }, decode);
    const sent = [user("a"), assistant("b"), user("c")];
    expect(await add(log, { id: "2", sent, answered: [], ...TURN, tokens }, decode)).toEqual({
      parent: "1",
      broken: null,
    });
  });
});
