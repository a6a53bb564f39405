import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fencedBlocks } from "./fences.ts";
import { languageName, languageOfInfo } from "./language-tags.ts";

const blocks = (text: string) => fencedBlocks(text).map(({ language, code }) => [language, code]);

describe("fencedBlocks", () => {
  it("reads back-ticks and tildes", () => {
    expect(blocks("a\n```python\nx\n\ny\n```\nb\n~~~\nz\n~~~")).toEqual([
      ["python", "x\n\ny"],
      ["", "z"],
    ]);
    expect(blocks("```\n```")).toEqual([["", ""]]);
  });

  it("closes a fence by as many of the same marks, alone on their line", () => {
    expect(blocks("````md\n```js\nx\n```\n````")).toEqual([["md", "```js\nx\n```"]]);
    expect(blocks("```\n~~~\n```")).toEqual([["", "~~~"]]);
    expect(blocks("```\nx\n`````")).toEqual([["", "x"]]);
    expect(blocks("```\nx\n```  \t")).toEqual([["", "x"]]);
    expect(blocks('```py\ns = """\n```js\n"""\n```')).toEqual([["python", 's = """\n```js\n"""']]);
    expect(blocks("```\nx```\n```")).toEqual([["", "x```"]]);
  });

  it("allows three blanks of indentation and takes them from the code", () => {
    expect(blocks("   ```py\n   def f():\n     pass\n x\n  ```")).toEqual([["python", "def f():\n  pass\nx"]]);
    expect(blocks("    ```\n    x\n    ```")).toEqual([]);
    expect(blocks("```\nx\n    ```\n```")).toEqual([["", "x\n    ```"]]);
    expect(blocks("\t```\nx")).toEqual([]);
  });

  it("takes back-ticks with others behind them for code within a line", () => {
    expect(blocks("```python print(1)```\nx")).toEqual([]);
    expect(blocks("``\nx\n``")).toEqual([]);
    expect(blocks("~~~ `a`\nx\n~~~")).toHaveLength(1);
  });

  it("knows a fence that is not closed", () => {
    expect(fencedBlocks("```py\nx\ny")).toEqual([{ language: "python", code: "x\ny", closed: false }]);
  });

  it("reads lines of other systems", () => {
    expect(fencedBlocks("```py\r\nx\r\ny\r\n```\r\n")).toEqual([{ language: "python", code: "x\ny", closed: true }]);
  });

  it("gives back whatever is put into a long enough fence", () => {
    const line = fc.string({ unit: fc.constantFrom("`", "~", " ", "a", "\t", "é"), maxLength: 9 });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), fc.constantFrom("`", "~"), (lines, mark) => {
        const fence = mark.repeat(10);
        const code = lines.join("\n");
        expect(fencedBlocks(`${fence}x\n${code}\n${fence}`)).toEqual([{ language: "x", code, closed: true }]);
      }),
    );
  });

  it("goes over a text once", () => {
    const size = 1 << 20;
    expect(fencedBlocks(`${"`".repeat(size)}x\`\n`)).toEqual([]);
    expect(fencedBlocks("```\n".repeat(size / 8))).toHaveLength(size / 16);
    expect(fencedBlocks(`\`\`\`\n${`\`\`\`${" ".repeat(1000)}x\n`.repeat(1000)}`)).toHaveLength(1);
    expect(fencedBlocks(`\`\`\`${"1".repeat(size)}x\n\`\`\``)).toHaveLength(1);
  });
});

describe("languageOfInfo", () => {
  it("takes the first word without what is attached to it", () => {
    for (const info of ["python", " Python ", "py", "python3", "python3.12", "{.python .numberLines}", "{python}"]) {
      expect(languageOfInfo(info), info).toBe("python");
    }
    for (const info of ["python:main.py", "python,editable", 'python title="x"', "Python3 {linenos=true}"]) {
      expect(languageOfInfo(info), info).toBe("python");
    }
    expect(languageOfInfo("")).toBe("");
    expect(languageOfInfo("C++17")).toBe("cpp");
    expect(languageOfInfo("c#")).toBe("csharp");
    expect(languageOfInfo("text")).toBe("text");
  });

  it("knows each language by itself", () => {
    expect(languageName("cpp17")).toBe("cpp");
    expect(languageName("c")).toBe("c");
    expect(languageName("java21")).toBe("java");
    expect(languageName("javascript")).not.toBe(languageName("java"));
    expect(languageName("constructor")).toBe("constructor");
  });
});
