import { describe, expect, it } from "vitest";
import { CallLog, type Decode } from "./call-log.ts";

const user = (text: string) => JSON.stringify({ role: "user", content: text });
const assistant = (text: string) => JSON.stringify({ role: "assistant", content: text });
const capture = (prompt: number[] | null, generation: number[] | null) => ({
  promptTokenIds: prompt,
  generationTokenIds: generation,
  generationLogProbs: generation?.map(() => -1) ?? null,
});

/** A tokenizer of one letter a token; capitals are the same letters, made of other tokens. */
const ids = (text: string) => Array.from(text, (letter) => letter.codePointAt(0) ?? 0);
const decode: Decode = (tokens) => Promise.resolve(String.fromCodePoint(...tokens).toLowerCase());

const first = (log: CallLog, answer = "b", sampled = answer) => {
  const tokens = capture(ids("a"), ids(sampled));
  return log.add({ id: "1", sent: [user("a")], answered: [assistant(answer)], finishReason: "stop", tokens }, decode);
};

describe("the calls of a rollout", () => {
  it("continues a call whose prompt and generation its own prompt starts with", async () => {
    const log = new CallLog();
    expect(await first(log)).toEqual({ parent: null, broken: null });
    const sent = [user("a"), assistant("b"), user("c")];
    expect(
      await log.add(
        { id: "2", sent, answered: [], finishReason: "stop", tokens: capture(ids("abc"), ids("d")) },
        decode,
      ),
    ).toEqual({
      parent: "1",
      broken: null,
    });
  });

  it("tells tokens that only the text is the same of from a text that is another", async () => {
    const sent = (answer: string) => [user("a"), assistant(answer), user("c")];
    const second = async (log: CallLog, answer: string, prompt: string, tell = decode) =>
      (
        await log.add(
          { id: "2", sent: sent(answer), answered: [], finishReason: "stop", tokens: capture(ids(prompt), [1]) },
          tell,
        )
      ).broken;
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
    const edited = { id: "2", sent: [user("a"), assistant("x"), user("c")], answered: [], finishReason: "stop" };
    expect(await log.add({ ...edited, tokens: capture(ids("axc"), [1]) }, decode)).toEqual({
      parent: null,
      broken: { reason: "edited_history", after: "1", position: 1 },
    });
  });

  it("calls another conversation no break", async () => {
    const log = new CallLog();
    await first(log);
    const other = { id: "2", sent: [user("z")], answered: [], finishReason: "stop", tokens: capture(ids("z"), [1]) };
    expect(await log.add(other, decode)).toEqual({ parent: null, broken: null });
  });

  it("tells the tokens of a conversation that goes on, however it is written", async () => {
    const log = new CallLog();
    await first(log);
    const prefix = { ids: Int32Array.from(ids("ab")), entries: 2 };
    expect(log.prefixOf([user("a"), assistant("b"), user("c")])).toEqual(prefix);
    const item = JSON.stringify({ type: "message", role: "assistant", content: [{ type: "output_text", text: "b" }] });
    expect(log.prefixOf([user("a"), item, user("c"), user("d")])).toEqual(prefix);
    expect(log.prefixOf([user("a"), user("c")])).toBeNull();
  });

  it("has none of an answer that was cut off", async () => {
    const log = new CallLog();
    const tokens = capture(ids("a"), ids("b"));
    await log.add({ id: "1", sent: [user("a")], answered: [assistant("b")], finishReason: "length", tokens }, decode);
    expect(log.prefixOf([user("a"), assistant("b"), user("c")])).toBeNull();
  });

  it("goes by what is said where there are no ids", async () => {
    const log = new CallLog();
    const tokens = capture(null, null);
    await log.add({ id: "1", sent: [user("a")], answered: [assistant("b")], finishReason: "stop", tokens }, decode);
    const sent = [user("a"), assistant("b"), user("c")];
    expect(await log.add({ id: "2", sent, answered: [], finishReason: "stop", tokens }, decode)).toEqual({
      parent: "1",
      broken: null,
    });
  });
});
