import { describe, expect, test } from "vitest";
import { manualClock } from "../../test/server/support/manual-clock.ts";
import { believed } from "./believed.ts";

function asking() {
  const clock = manualClock();
  const asked: string[] = [];
  const state = { answer: false, fails: false };
  const ask = believed(5_000, clock, async (name: string) => {
    asked.push(name);
    if (state.fails) throw new Error("no engine");
    return state.answer;
  });
  return { ask, asked, clock, state };
}

describe("what is believed for a while", () => {
  test("is asked once in that time, for each name, however many ask at once", async () => {
    const { ask, asked, clock, state } = asking();
    expect(await Promise.all([ask("a"), ask("a"), ask("b")])).toEqual([false, false, false]);
    state.answer = true;
    clock.advance(4_999);
    expect(await ask("a")).toBe(false);
    expect(asked).toEqual(["a", "b"]);
    clock.advance(1);
    expect(await ask("a")).toBe(true);
    expect(asked).toEqual(["a", "b", "a"]);
  });

  test("is believed on when it cannot be asked, and asked again after that", async () => {
    const { ask, clock, state } = asking();
    state.answer = true;
    expect(await ask("a")).toBe(true);
    state.fails = true;
    clock.advance(5_000);
    expect(await ask("a")).toBe(true);
    state.fails = state.answer = false;
    clock.advance(5_000);
    expect(await ask("a")).toBe(false);
  });

  test("is an error when nothing is known", async () => {
    const { ask, state } = asking();
    state.fails = true;
    await expect(ask("a")).rejects.toThrow("no engine");
    state.fails = false;
    expect(await ask("a")).toBe(false);
  });
});
