import { expect, test } from "vitest";
import { partingOf } from "./parting.ts";

const message = (text: string, id = "m") => ({ type: "message", id, content: [{ type: "output_text", text }] });
const call = (args: string, id = "c") => ({ type: "function_call", call_id: id, name: "run", arguments: args });

test("ids, tokens and nulls are no difference", () => {
  const here = [
    { ...call("{}", "a"), generation_token_ids: [1] },
    { ...message("x", "1"), phase: null },
  ];
  expect(partingOf(here, [call("{}", "b"), message("x", "2")])).toBeNull();
});

test("the first item that says something else is where they part", () => {
  expect(partingOf([call("{}"), message("x"), message("y")], [call("{}"), message("z")])).toEqual({
    item: 1,
    here: "message x",
    there: "message z",
  });
  expect(partingOf([call("{}")], [call('{"a":1}')])).toEqual({ item: 0, here: "run({})", there: 'run({"a":1})' });
});

test("one that is at its end parts there", () => {
  expect(partingOf([], [message("x")])).toEqual({ item: 0, here: null, there: "message x" });
  const output = { type: "function_call_output", output: "42" };
  expect(partingOf([call("{}"), output], [call("{}")])).toEqual({ item: 1, here: "result 42", there: null });
});
