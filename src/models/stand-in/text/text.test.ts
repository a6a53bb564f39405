import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerText } from "./answer.ts";
import { renderChat } from "./chat-template.ts";
import { logProbOf, topLogProbs } from "./log-probs.ts";
import { chatMessage } from "./messages.ts";
import { OutputParser, type OutputPart } from "./output-parser.ts";
import { parseOutput } from "./parse-output.ts";
import { pythonJson } from "./python-json.ts";
import { seededRandom } from "./random.ts";
import { sampleAnswer } from "./sampler.ts";
import { schemaValue } from "./schema-value.ts";
import { scriptIn } from "./script.ts";
import { decode, encode, encodeDrifted, END_OF_TURN, textsOf, VOCABULARY_SIZE } from "./tokenizer.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(fc.constantFrom("the", " result", "<think>", "\n\n", '{"a": 1}', "é", "😀", "<|im_end|>", "42", "<tool"))
    .map((parts) => parts.join("")),
);
/** Text as UTF-8 knows it: without lone surrogates. */
const asUtf8 = (text: string) => Buffer.from(text).toString();

describe("tokenizer", () => {
  test("any text comes back, from canonical and from drifted tokens", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const tokens of [encode(text), encodeDrifted(text)]) {
          expect(decode(tokens)).toBe(asUtf8(text));
          expect(tokens.every((id) => Number.isInteger(id) && id >= 0 && id < VOCABULARY_SIZE)).toBe(true);
        }
      }),
    );
  });

  test("with a limit, one token more than it at most", () => {
    fc.assert(
      fc.property(anyText, fc.nat(20), (text, limit) => {
        expect(encode(text, limit)).toEqual(encode(text).slice(0, limit + 1));
      }),
    );
  });

  test("what follows a special token does not change what is before it", () => {
    fc.assert(
      fc.property(anyText, anyText, (before, after) => {
        const start = encode(`${before}<|im_end|>`);
        expect(encode(`${before}<|im_end|>${after}`).slice(0, start.length)).toEqual(start);
      }),
    );
  });

  test("texts of tokens make up the text, without what is hidden", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = asUtf8(text).replaceAll("<|im_end|>", "");
        expect(textsOf(encode(text)).join("")).toBe(shown);
      }),
    );
    expect(textsOf(encodeDrifted("é"))).toEqual(["", "é"]);
    expect(textsOf([0xc3])).toEqual(["\ufffd"]);
  });

  test("words are one token, with and without a space; drift takes them apart", () => {
    expect(encode("The result is")).toHaveLength(3);
    expect(encode("<|im_end|>")).toEqual([END_OF_TURN]);
    expect(encodeDrifted("The result").length).toBeGreaterThan(4);
  });

  test("an id means the same in every version", () => {
    expect(VOCABULARY_SIZE).toBe(3852);
    expect(encode('Hello there<think>{"a": 1}')).toEqual([3699, 3294, 3846, 3763, 97, 3766, 32, 49, 125]);
  });
});

const add = {
  name: "add",
  description: "Add",
  parameters: { type: "object", properties: { a: { type: "integer" } }, required: ["a"] },
};

describe("chat template", () => {
  const user = chatMessage({
    role: "user",
    content: [
      { type: "text", text: "17 + " },
      { type: "text", text: "25?" },
    ],
  });
  const call = chatMessage({
    role: "assistant",
    content: null,
    reasoning: "\nI add.\n",
    tool_calls: [{ id: "c", type: "function", function: { name: "add", arguments: '{"a":17}' } }],
  });
  const result = chatMessage({ role: "tool", tool_call_id: "c", content: "42" });

  test("a chat with a call", () => {
    expect(renderChat([user, call, result], [add])).toBe(
      `<|im_start|>system
Functions:
{"name": "add", "description": "Add", "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}}
Call one with <tool_call>{"name": ..., "arguments": {...}}</tool_call><|im_end|>
<|im_start|>user
17 + 25?<|im_end|>
<|im_start|>assistant
<think>
I add.
</think>

<tool_call>
{"name": "add", "arguments": {"a": 17}}
</tool_call><|im_end|>
<|im_start|>user
<tool_response>
42
</tool_response><|im_end|>
<|im_start|>assistant
`,
    );
  });

  test("reasoning before the last user message is dropped, unless it is to be kept", () => {
    expect(renderChat([user, call, result, user], [])).not.toContain("I add");
    expect(renderChat([user, call, result, user], [], { keepThinking: true })).toContain("I add");
  });

  test("options", () => {
    const answer = chatMessage({ role: "assistant", content: "The answer" });
    expect(renderChat([user], [], { enableThinking: false })).toMatch(/assistant\n<think>\n\n<\/think>\n\n$/);
    expect(renderChat([user], [], { addGenerationPrompt: false })).toMatch(/25\?<\|im_end\|>\n$/);
    expect(renderChat([user, answer], [], { continueFinalMessage: true })).toMatch(/assistant\nThe answer$/);
  });

  test("a turn is the prompt of the one before, what it generated, and more", () => {
    const asked = encode(renderChat([user], [add]));
    const generated = [
      ...encode(answerText({ reasoning: "I add.", toolCalls: [{ name: "add", arguments: { a: 17 } }] })),
    ];
    const next = encode(renderChat([user, call, result], [add]));
    expect(next.slice(0, asked.length + generated.length + 1)).toEqual([...asked, ...generated, END_OF_TURN]);
  });

  test("JSON as Python writes it", () => {
    expect(pythonJson({ a: [1, "x, y: z", '\\"'], b: {} })).toBe('{"a": [1, "x, y: z", "\\\\\\""], "b": {}}');
  });
});

/** Feeds a parser in pieces and puts together what it says. */
function streamed(pieces: readonly string[], options: { thinking: boolean; parseCalls: boolean }) {
  const parser = new OutputParser(options);
  const parts: OutputPart[] = [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
  const text = (type: "reasoning" | "content") => parts.map((part) => (part.type === type ? part.text : "")).join("");
  const calls = parts
    .filter((part) => part.type === "call")
    .map(({ name, index }) => {
      const own = parts.map((part) => (part.type === "arguments" && part.index === index ? part.text : ""));
      return { name, arguments: own.join("") };
    });
  return { reasoning: text("reasoning"), content: text("content"), calls };
}

describe("parsers", () => {
  const both = { thinking: false, parseCalls: true };
  const call = '<tool_call>\n{"name": "add", "arguments": {"a": 17, "b": {"c": "}"}}}\n</tool_call>';
  const add = { name: "add", arguments: '{"a": 17, "b": {"c": "}"}}' };

  test.each([
    ["text", "Hello.", { reasoning: null, content: "Hello.", toolCalls: [] }],
    ["a call", call, { reasoning: null, content: null, toolCalls: [add] }],
    [
      "text and calls",
      `Let me see. ${call}\n${call}`,
      { reasoning: null, content: "Let me see. ", toolCalls: [add, add] },
    ],
    ["reasoning", `<think>\nHm.\n</think>\n\n${call}`, { reasoning: "\nHm.\n", content: null, toolCalls: [add] }],
    ["a call that is not closed", call.slice(0, 40), { reasoning: null, content: call.slice(0, 40), toolCalls: [] }],
    [
      "a call that is no JSON",
      '<tool_call>\n{"name": "add", "arguments": {"a": }}\n</tool_call>',
      { reasoning: null, content: '<tool_call>\n{"name": "add", "arguments": {"a": }}\n</tool_call>', toolCalls: [] },
    ],
  ])("%s", (_, text, expected) => expect(parseOutput(text, both)).toEqual(expected));

  test("with thinking, all is reasoning until its end; without tools, a call is content", () => {
    expect(parseOutput("Hm.", { thinking: true, parseCalls: true })).toMatchObject({ reasoning: "Hm.", content: null });
    expect(parseOutput("Hm.</think>So.", { thinking: true, parseCalls: true })).toMatchObject({
      reasoning: "Hm.",
      content: "So.",
    });
    expect(parseOutput(call, { thinking: false, parseCalls: false }).content).toBe(call);
  });

  test("however a text is cut, a stream says what the whole does", () => {
    const whole = `<think>\nHm <b.\n</think>\n\nLet me <see. ${call}\n${call}`;
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
        const pieces = at.slice(1).map((end, i) => whole.slice(at[i], end));
        const expected = { reasoning: "\nHm <b.\n", content: "\n\nLet me <see. ", calls: [add, add] };
        expect(streamed(pieces, both)).toEqual(expected);
      }),
    );
  });

  test("what is held back comes at the end", () => {
    expect(streamed(["a <tool"], both)).toMatchObject({ content: "a <tool" });
    expect(streamed(["<thi"], both)).toMatchObject({ content: "<thi" });
    expect(streamed(["hm </th"], { thinking: true, parseCalls: true })).toMatchObject({ reasoning: "hm </th" });
  });
});

describe("answers", () => {
  const request = {
    seed: 1,
    tools: [add],
    toolChoice: "auto",
    toolResults: 0,
    thinking: false,
    length: { median: 80, sigma: 0.6 },
  } as const;

  test("the same seed says the same, another one something else", () => {
    const plain = { ...request, tools: [] };
    expect(sampleAnswer(plain)).toEqual(sampleAnswer(plain));
    expect(sampleAnswer(plain)).not.toEqual(sampleAnswer({ ...plain, seed: 2 }));
  });

  test("offered tools are called, but not for ever", () => {
    const calls = (toolResults: number) =>
      Array.from({ length: 50 }, (_, seed) => sampleAnswer({ ...request, seed, toolResults })).filter(
        ({ toolCalls }) => toolCalls,
      ).length;
    expect(calls(0)).toBe(50);
    expect(calls(1)).toBeGreaterThan(5);
    expect(calls(1)).toBeLessThan(45);
    expect(calls(4)).toBe(0);
    expect(sampleAnswer({ ...request, toolChoice: "none" }).toolCalls).toBeUndefined();
    expect(sampleAnswer({ ...request, toolResults: 9, toolChoice: { name: "add" } }).toolCalls).toHaveLength(1);
  });

  test("values fit their schema", () => {
    const schema = {
      type: "object",
      properties: {
        n: { type: "integer", minimum: 3, maximum: 9, multipleOf: 3 },
        x: { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 },
        s: { type: "string", minLength: 5, maxLength: 6 },
        e: { enum: ["a", "b"] },
        l: { type: "array", items: { $ref: "#/$defs/flag" }, minItems: 2 },
        o: { anyOf: [{ type: ["boolean", "null"] }] },
        m: { allOf: [{ properties: { p: { const: 1 } } }, { required: ["p"] }] },
      },
      required: ["n", "x", "s", "e", "l", "o", "m", "free"],
      $defs: { flag: { type: "boolean" } },
    };
    for (let seed = 0; seed < 100; seed++) {
      const value = schemaValue(schema, seededRandom(seed)) as Record<string, unknown>;
      expect([3, 6, 9]).toContain(value["n"]);
      expect(value["x"]).toBeGreaterThan(0);
      expect(value["x"]).toBeLessThan(1);
      expect((value["s"] as string).length).toBeGreaterThanOrEqual(5);
      expect((value["s"] as string).length).toBeLessThanOrEqual(6);
      expect(["a", "b"]).toContain(value["e"]);
      expect(value["l"]).toEqual([expect.any(Boolean), expect.any(Boolean)]);
      expect(value["o"]).toEqual(expect.any(Boolean));
      expect(value["m"]).toEqual({ p: 1 });
      expect(value).toHaveProperty("free");
    }
    expect(schemaValue({ $ref: "#" }, seededRandom(1))).toBeNull();
  });

  test("scripts in prompts", () => {
    expect(scriptIn("nothing")).toBeNull();
    expect(scriptIn("[[script nothing]]")).toBeNull();
    expect(
      scriptIn('Do it. [[script ["one", {"content": "two ]] three", "tokens": 5.5, "finish": "length"}]]]'),
    ).toEqual([{ content: "one" }, { content: "two ]] three", tokens: 5, finish: "length" }]);
    expect(
      scriptIn('[[script {"tool_calls": [{"name": "add", "arguments": {"a": [[1]]}}], "reasoning": "r"}]]'),
    ).toEqual([{ toolCalls: [{ name: "add", arguments: { a: [[1]] } }], reasoning: "r" }]);
  });
});

test("log-probs are finite, at most 0, and add up to no more than 1", () => {
  fc.assert(
    fc.property(
      fc.nat(VOCABULARY_SIZE - 1),
      fc.nat(),
      fc.integer(),
      fc.integer({ min: 1, max: 20 }),
      (token, at, seed, count) => {
        const top = topLogProbs(token, at, seed, count);
        expect(top).toHaveLength(count);
        expect(top[0]).toEqual({ token, logprob: logProbOf(token, at, seed), rank: 1 });
        expect(new Set(top.map((one) => one.token)).size).toBe(count);
        for (const [i, { logprob, rank }] of top.entries()) {
          expect(logprob).toBeLessThanOrEqual(i === 0 ? 0 : (top[i - 1]?.logprob ?? 0));
          expect(Number.isFinite(logprob)).toBe(true);
          expect(rank).toBe(i + 1);
        }
        expect(top.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)).toBeLessThanOrEqual(1 + 1e-8);
      },
    ),
  );
});
