import { describe, expect, it } from "vitest";
import { chooseBlock, codeBlocks, firstKindOfBlocks } from "./extract-code.ts";

const extract = (answer: string, language = "python") => chooseBlock(codeBlocks(answer, language), language);

describe("the program in an answer", () => {
  it.each([
    ["a fence with its tag", "Sure:\n```python\nprint(1)\n```\nDone.", "print(1)"],
    ["the first of the language", "```js\n1\n```\n```python\n2\n```\n```py\n3\n```", "2"],
    ["the first of any, where none is of the language", "```js\n1\n```\n```rust\n2\n```", "1"],
    ["an untagged fence", "```\nprint(1)\n```", "print(1)"],
    ["a fence whose end is missing", "```python\nprint(1)", "print(1)"],
    ["an indented end, blank lines before it left out", "```python\nprint(1)\n\n  \n  ```", "print(1)"],
    ["back-ticks inside a line, which end nothing", "```python\nx = '```'\n```", "x = '```'"],
    ["an empty block, whose end is the next fence's", "```python\n```\nprint(1)\n```", "```\nprint(1)"],
    [
      "definitions where there is no fence",
      "Here:\nimport os\n\ndef f():\n\n    return 1\nf()\n",
      "import os\ndef f():\n    return 1\n",
    ],
    ["nothing", "I don't know.", ""],
    ["nothing for other fences", "~~~python\nprint(1)\n~~~", ""],
  ])("is %s", (_, answer, code) => expect(extract(answer)).toBe(code));

  it("is guessed for Bash from all lines", () => {
    expect(extract("echo 1\n\necho 2", "bash")).toBe("echo 1\necho 2\n");
    expect(extract("int main(){}", "cpp")).toBe("");
  });

  it("knows JavaScript by every name", () => {
    expect(extract("```python\n1\n```\n```javascript\n2\n```", "nodejs")).toBe("2");
  });

  it("counts all blocks of the first kind", () => {
    expect(firstKindOfBlocks("```\na\n```\n```\nb\n```", "python").map(({ code }) => code)).toEqual(["a", "b"]);
    expect(firstKindOfBlocks("def f():\n  1\nclass C:\n  2\n", "python")).toHaveLength(2);
  });

  it("takes time in proportion to hostile answers", () => {
    const blanks = "\n".repeat(300_000);
    expect(extract(`\`\`\`\n${blanks}`)).toBe(blanks);
    expect(extract("```\n".repeat(100_000))).toContain("```");
    expect(extract("def f():\n".repeat(100_000))).toBe("");
    expect(extract(`\`\`\`x${" ".repeat(300_000)}`)).toBe("");
  });
});
