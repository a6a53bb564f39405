import { describe, expect, it } from "vitest";
import { historyChange } from "./history-change.ts";
import { saidIn } from "./said.ts";

const user = (text: string) => ({ role: "user", content: text });
const assistant = (text: string) => ({ type: "message", role: "assistant", content: [{ type: "output_text", text }] });
const thought = (text: string) => ({ type: "reasoning", summary: [{ type: "summary_text", text }] });
const call = { type: "function_call", id: "fc_1", call_id: "c1", name: "add", arguments: '{"a":1}' };
const result = { type: "function_call_output", call_id: "c1", output: "2" };
const system = { role: "system", content: "be brief" };
const said = (...entries: object[]) => entries.flatMap((entry) => saidIn(JSON.stringify(entry)));

const before = said(system, user("one"), thought("hm"), call, result, assistant("two"));

describe("what a caller did with a conversation", () => {
  it.each([
    ["went on", said(system, user("one"), thought("hm"), call, result, assistant("two"), user("three")), "same"],
    ["left reasoning out", said(system, user("one"), call, result, assistant("two"), user("x")), "dropped_reasoning"],
    ["left the oldest out", said(system, call, result, assistant("two"), user("three")), "truncation"],
    ["left out all but the last", said(assistant("two"), user("three")), "truncation"],
    ["put a summary in place", said(system, user("it was 2"), assistant("two"), user("three")), "compaction"],
    ["kept only the system message", said(system, user("summary of all")), "compaction"],
    ["changed a message", said(system, user("uno"), call, result, assistant("two"), user("x")), "edited_history"],
    ["went back", said(system, user("one"), call, { ...result, output: "3" }), "edited_history"],
    ["began another one", said(user("something else")), "other"],
  ])("%s", (_did, now, change) => {
    expect(historyChange(before, now)).toBe(change);
  });

  it("is the same in every dialect and wherever reasoning stands", () => {
    const chat = said(
      system,
      { role: "user", content: [{ type: "text", text: "one" }] },
      {
        role: "assistant",
        content: null,
        reasoning_content: "hm\n",
        tool_calls: [{ id: "c1", type: "function", function: { name: "add", arguments: '{"a":1}' } }],
      },
      { role: "tool", tool_call_id: "c1", content: "2" },
      { role: "assistant", content: "two" },
    );
    expect(historyChange(before, chat)).toBe("same");
    const tagged = said({ role: "assistant", content: "<think>\nhm\n</think>\n\ntwo" });
    expect(tagged).toEqual(said(thought("hm"), assistant("two")));
  });
});
