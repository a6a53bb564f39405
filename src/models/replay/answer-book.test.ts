import { expect, test } from "vitest";
import { createAnswerBook } from "./answer-book.ts";
import { userText } from "./prompt-text.ts";

test("answers go round per prompt; whitespace does not matter", () => {
  const book = createAnswerBook([
    { prompt: "a  b\n", answers: ["1"] },
    { prompt: "c", answers: ["x"] },
    { prompt: "a b", answers: ["2"] },
    { prompt: "none", answers: [] },
  ]);
  expect([book.next(" a b"), book.next("c"), book.next("a\tb"), book.next("a b")]).toEqual(["1", "x", "2", "1"]);
  expect([book.next("d"), book.next("none"), book.next("none")]).toEqual([null, null, null]);
});

test("the prompt is what the user said", () => {
  expect(userText("hi")).toBe("hi");
  const parts = [{ type: "input_text", text: "b" }, { type: "input_image" }];
  const conversation = [
    { role: "system", content: "s" },
    { role: "user", content: "a" },
    { type: "function_call", name: "f" },
    { role: "user", content: parts },
    null,
  ];
  expect(userText(conversation)).toBe("a\nb");
  expect([userText(null), userText({})]).toEqual(["", ""]);
});
